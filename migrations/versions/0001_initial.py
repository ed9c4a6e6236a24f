"""The schema as it was first released; what is written once is kept so by triggers, and cases are searched by an index of their own."""
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = {
    "sqlite": [
        "CREATE TRIGGER filing_no_update BEFORE UPDATE ON filing BEGIN SELECT RAISE(ABORT, 'filing is written once'); END",
        "CREATE TRIGGER filing_no_delete BEFORE DELETE ON filing BEGIN SELECT RAISE(ABORT, 'filing is written once'); END",
        "CREATE TRIGGER filing_no_replace BEFORE INSERT ON filing WHEN EXISTS (SELECT 1 FROM filing WHERE case_id = NEW.case_id AND seq = NEW.seq) OR EXISTS (SELECT 1 FROM filing WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'filing is written once'); END",
        "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'ledger is written once'); END",
        "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'ledger is written once'); END",
        "CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger WHEN EXISTS (SELECT 1 FROM ledger WHERE case_id = NEW.case_id AND seq = NEW.seq) OR EXISTS (SELECT 1 FROM ledger WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'ledger is written once'); END",
        "CREATE TRIGGER export_record_no_update BEFORE UPDATE ON export_record BEGIN SELECT RAISE(ABORT, 'export_record is written once'); END",
        "CREATE TRIGGER export_record_no_delete BEFORE DELETE ON export_record BEGIN SELECT RAISE(ABORT, 'export_record is written once'); END",
        "CREATE TRIGGER export_record_no_replace BEFORE INSERT ON export_record WHEN EXISTS (SELECT 1 FROM export_record WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM export_record WHERE rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'export_record is written once'); END",
        "CREATE TRIGGER attachment_no_update BEFORE UPDATE ON attachment WHEN OLD.case_id IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.size IS NOT OLD.size OR NEW.sha256 IS NOT OLD.sha256 OR NEW.kind IS NOT OLD.kind OR NEW.type IS NOT OLD.type OR NEW.uploaded_by IS NOT OLD.uploaded_by BEGIN SELECT RAISE(ABORT, 'an attachment is written once'); END",
        "CREATE TRIGGER attachment_no_delete BEFORE DELETE ON attachment WHEN OLD.case_id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an attachment is written once'); END",
        "CREATE TRIGGER attachment_no_replace BEFORE INSERT ON attachment WHEN EXISTS (SELECT 1 FROM attachment WHERE case_id IS NOT NULL AND (id = NEW.id OR rowid = NEW.rowid)) BEGIN SELECT RAISE(ABORT, 'an attachment is written once'); END",
        "CREATE VIRTUAL TABLE case_words USING fts5(words, content='', tokenize='ascii')",
    ],
    "postgresql": [
        "CREATE FUNCTION filing_written_once() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'filing is written once'; END $$ LANGUAGE plpgsql",
        'CREATE TRIGGER filing_no_change BEFORE UPDATE OR DELETE ON filing FOR EACH ROW EXECUTE FUNCTION filing_written_once()',
        'CREATE TRIGGER filing_no_truncate BEFORE TRUNCATE ON filing FOR EACH STATEMENT EXECUTE FUNCTION filing_written_once()',
        "CREATE FUNCTION ledger_written_once() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'ledger is written once'; END $$ LANGUAGE plpgsql",
        'CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_written_once()',
        'CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger FOR EACH STATEMENT EXECUTE FUNCTION ledger_written_once()',
        "CREATE FUNCTION export_record_written_once() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'export_record is written once'; END $$ LANGUAGE plpgsql",
        'CREATE TRIGGER export_record_no_change BEFORE UPDATE OR DELETE ON export_record FOR EACH ROW EXECUTE FUNCTION export_record_written_once()',
        'CREATE TRIGGER export_record_no_truncate BEFORE TRUNCATE ON export_record FOR EACH STATEMENT EXECUTE FUNCTION export_record_written_once()',
        "CREATE FUNCTION attachment_written_once() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'an attachment is written once'; END $$ LANGUAGE plpgsql",
        'CREATE TRIGGER attachment_no_update BEFORE UPDATE ON attachment FOR EACH ROW WHEN (OLD.case_id IS NOT NULL OR NEW.id IS DISTINCT FROM OLD.id OR NEW.name IS DISTINCT FROM OLD.name OR NEW.size IS DISTINCT FROM OLD.size OR NEW.sha256 IS DISTINCT FROM OLD.sha256 OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.type IS DISTINCT FROM OLD.type OR NEW.uploaded_by IS DISTINCT FROM OLD.uploaded_by) EXECUTE FUNCTION attachment_written_once()',
        'CREATE TRIGGER attachment_no_delete BEFORE DELETE ON attachment FOR EACH ROW WHEN (OLD.case_id IS NOT NULL) EXECUTE FUNCTION attachment_written_once()',
        'CREATE TRIGGER attachment_no_truncate BEFORE TRUNCATE ON attachment FOR EACH STATEMENT EXECUTE FUNCTION attachment_written_once()',
        'CREATE TABLE case_words (case_id BIGINT PRIMARY KEY REFERENCES "case" (id), words TEXT NOT NULL)',
        'CREATE INDEX ix_case_words_words ON case_words USING gin ((words::tsvector))',
    ],
}


def upgrade():
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(length=200), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('password_hash', sa.String(length=300), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('login', name=op.f('uq_account_login'))
    )
    op.create_table('calendar_layer',
    sa.Column('id', sa.String(length=60), nullable=False),
    sa.Column('parent', sa.String(length=60), nullable=True),
    sa.Column('source', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_layer'))
    )
    op.create_table('consultation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('procedure', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('opens', sa.Date(), nullable=False),
    sa.Column('closes', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation'))
    )
    op.create_index(op.f('ix_consultation_procedure'), 'consultation', ['procedure'], unique=False)
    op.create_table('deployment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('procedure', sa.String(length=80), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('bundle', sa.LargeBinary(), nullable=False),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deployment'))
    )
    op.create_index('uq_deployment_number', 'deployment', ['procedure', 'number'], unique=True)
    op.create_table('directory',
    sa.Column('id', sa.String(length=60), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('meta', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory'))
    )
    op.create_table('idempotency_key',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('body_hash', sa.String(length=64), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_idempotency_key'))
    )
    op.create_table('stamp',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_stamp'))
    )
    op.create_table('unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=200), nullable=False),
    sa.Column('directory', sa.String(length=60), nullable=False),
    sa.Column('zh', sa.String(length=200), nullable=False),
    sa.Column('en', sa.String(length=200), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], name=op.f('fk_unit_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('code', name=op.f('uq_unit_code'))
    )
    op.create_index(op.f('ix_unit_directory'), 'unit', ['directory'], unique=False)
    op.create_table('api_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_api_token_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('hash', name=op.f('uq_api_token_hash'))
    )
    op.create_index(op.f('ix_api_token_account_id'), 'api_token', ['account_id'], unique=False)
    op.create_table('calendar_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('layer', sa.String(length=60), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('days', sa.JSON(), nullable=False),
    sa.Column('basis', sa.String(length=500), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=True),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entered_by', sa.String(length=200), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=200), nullable=True),
    sa.Column('place', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('upto', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('taken_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['layer'], ['calendar_layer.id'], name=op.f('fk_calendar_change_layer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_change')),
    sa.UniqueConstraint('key', name=op.f('uq_calendar_change_key'))
    )
    op.create_index('ix_calendar_change_applying', 'calendar_change', ['id'], unique=False, sqlite_where=sa.text("state = 'applying'"), postgresql_where=sa.text("state = 'applying'"))
    op.create_index('ix_calendar_change_layer', 'calendar_change', ['layer', 'id'], unique=False)
    op.create_table('case',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('procedure', sa.String(length=80), nullable=False),
    sa.Column('deployment_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('type', sa.String(length=30), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=True),
    sa.Column('channel', sa.String(length=40), nullable=False),
    sa.Column('claimant_kind', sa.String(length=20), nullable=False),
    sa.Column('anonymous', sa.Boolean(), nullable=False),
    sa.Column('confidential', sa.Boolean(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('office', sa.String(length=200), nullable=False),
    sa.Column('assigned', sa.String(length=200), nullable=True),
    sa.Column('lead', sa.String(length=200), nullable=True),
    sa.Column('co', sa.JSON(), nullable=False),
    sa.Column('respondent', sa.String(length=200), nullable=True),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('outcome', sa.String(length=30), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('merged_into', sa.String(length=40), nullable=True),
    sa.Column('sample', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('consultation', sa.String(length=20), nullable=True),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ledger_seq', sa.Integer(), nullable=False),
    sa.Column('ledger_head', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_case_consultation_id')),
    sa.ForeignKeyConstraint(['deployment_id'], ['deployment.id'], name=op.f('fk_case_deployment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case')),
    sa.UniqueConstraint('number', name=op.f('uq_case_number'))
    )
    op.create_index('ix_case_closed', 'case', ['closed_at'], unique=False)
    op.create_index('ix_case_consultation', 'case', ['consultation_id', 'filed_at'], unique=False)
    op.create_index('ix_case_duplicates', 'case', ['office', 'category', 'filed_at'], unique=False)
    op.create_index('ix_case_filed', 'case', ['filed_at'], unique=False)
    op.create_table('coverage_run',
    sa.Column('deployment_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('measured_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('doc', sa.LargeBinary(), nullable=True),
    sa.Column('error', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['deployment_id'], ['deployment.id'], name=op.f('fk_coverage_run_deployment_id')),
    sa.PrimaryKeyConstraint('deployment_id', name=op.f('pk_coverage_run'))
    )
    op.create_table('export_record',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(length=200), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('procedure', sa.String(length=80), nullable=False),
    sa.Column('report', sa.String(length=60), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_export_record_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_record'))
    )
    op.create_index(op.f('ix_export_record_account_id'), 'export_record', ['account_id'], unique=False)
    op.create_table('membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_membership_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_membership_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    op.create_index('ix_membership_unit_role', 'membership', ['unit_id', 'role'], unique=False)
    op.create_index('uq_membership', 'membership', ['account_id', 'unit_id', 'role'], unique=True)
    op.create_table('attachment',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('type', sa.String(length=100), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.String(length=200), nullable=False),
    sa.Column('attached_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attached_by', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_attachment_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    op.create_index('ix_attachment_case', 'attachment', ['case_id'], unique=False)
    op.create_index('ix_attachment_loose', 'attachment', ['uploaded_at'], unique=False, sqlite_where=sa.text('case_id IS NULL'), postgresql_where=sa.text('case_id IS NULL'))
    op.create_index('ix_attachment_sha256', 'attachment', ['sha256'], unique=False)
    op.create_table('calendar_move',
    sa.Column('change_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('old', sa.Date(), nullable=False),
    sa.Column('new', sa.Date(), nullable=False),
    sa.Column('was_missed', sa.Boolean(), nullable=False),
    sa.Column('is_missed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_calendar_move_case_id')),
    sa.ForeignKeyConstraint(['change_id'], ['calendar_change.id'], name=op.f('fk_calendar_move_change_id')),
    sa.PrimaryKeyConstraint('change_id', 'case_id', 'name', 'n', name=op.f('pk_calendar_move'))
    )
    op.create_table('case_state',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('doc', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_case_state_case_id')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_case_state'))
    )
    op.create_table('case_unit',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('relation', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_case_unit_case_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_case_unit_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', 'case_id', name=op.f('pk_case_unit'))
    )
    op.create_index('ix_case_unit_case', 'case_unit', ['case_id'], unique=False)
    op.create_table('deadline',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('doc', sa.JSON(), nullable=False),
    sa.Column('calendar', sa.String(length=60), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.String(length=10), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_deadline_case_id')),
    sa.PrimaryKeyConstraint('case_id', 'name', 'n', name=op.f('pk_deadline'))
    )
    op.create_index('ix_deadline_open', 'deadline', ['case_id'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_deadline_running', 'deadline', ['calendar', 'due_at'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('filing',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_filing_case_id')),
    sa.PrimaryKeyConstraint('case_id', 'seq', name=op.f('pk_filing'))
    )
    op.create_table('incident',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('error', sa.String(length=1000), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('solved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_incident_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident'))
    )
    op.create_index('ix_incident_open', 'incident', ['case_id', 'what'], unique=False, sqlite_where=sa.text("state <> 'solved'"), postgresql_where=sa.text("state <> 'solved'"))
    op.create_table('ledger',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('actor', sa.String(length=200), nullable=False),
    sa.Column('unit', sa.String(length=200), nullable=True),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_ledger_case_id')),
    sa.PrimaryKeyConstraint('case_id', 'seq', name=op.f('pk_ledger'))
    )
    op.create_table('message',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_message_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message'))
    )
    op.create_index(op.f('ix_message_case_id'), 'message', ['case_id'], unique=False)
    op.create_table('moment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('instance', sa.String(length=20), nullable=False),
    sa.Column('engine_id', sa.String(length=20), nullable=False),
    sa.Column('deadline', sa.String(length=30), nullable=False),
    sa.Column('deadline_n', sa.Integer(), nullable=False),
    sa.Column('moment', sa.String(length=40), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('fired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fire_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_moment_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_moment'))
    )
    op.create_index(op.f('ix_moment_case_id'), 'moment', ['case_id'], unique=False)
    op.create_index(op.f('ix_moment_fire_at'), 'moment', ['fire_at'], unique=False)
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_outbox_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox'))
    )
    op.create_index('ix_outbox_waiting', 'outbox', ['state', 'next_at'], unique=False)
    op.create_table('recusal',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recusal_account_id')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_recusal_case_id')),
    sa.PrimaryKeyConstraint('case_id', 'account_id', name=op.f('pk_recusal'))
    )
    op.create_table('reminder',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('deadline', sa.String(length=30), nullable=False),
    sa.Column('deadline_n', sa.Integer(), nullable=False),
    sa.Column('came_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tell_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_reminder_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_reminder_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder'))
    )
    op.create_index('ix_reminder_account', 'reminder', ['account_id', 'tell_at'], unique=False)
    op.create_index('ix_reminder_tell', 'reminder', ['tell_at', 'account_id'], unique=False)
    op.create_table('staff_notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.String(length=30), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_staff_notice_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_staff_notice_case_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_staff_notice_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_notice'))
    )
    op.create_index('ix_staff_notice', 'staff_notice', ['unit_id', 'role', 'at'], unique=False)
    op.create_index('uq_staff_notice_day', 'staff_notice', ['account_id', 'day'], unique=True)
    op.create_table('supervision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('instance', sa.String(length=20), nullable=False),
    sa.Column('trigger', sa.String(length=30), nullable=False),
    sa.Column('mode', sa.String(length=30), nullable=False),
    sa.Column('unit', sa.String(length=200), nullable=True),
    sa.Column('deadline', sa.String(length=30), nullable=True),
    sa.Column('deadline_n', sa.Integer(), nullable=True),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_supervision_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supervision'))
    )
    op.create_index(op.f('ix_supervision_case_id'), 'supervision', ['case_id'], unique=False)
    op.create_table('task',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('instance', sa.String(length=20), nullable=False),
    sa.Column('engine_id', sa.String(length=20), nullable=False),
    sa.Column('node', sa.String(length=100), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('item', sa.String(length=200), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('deadline', sa.String(length=30), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['assignee_id'], ['account.id'], name=op.f('fk_task_assignee_id')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_task_case_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_task_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task'))
    )
    op.create_index('ix_task_case', 'task', ['case_id'], unique=False)
    op.create_index('ix_task_open', 'task', ['unit_id', 'role', 'due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    # ### end Alembic commands ###
    for statement in STATEMENTS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade():
    raise NotImplementedError("the ledger is not taken away again")
