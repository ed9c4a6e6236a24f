"""Pure rules: counting time, deadlines, the ledger's hashes. No I/O, no clock of its own."""
