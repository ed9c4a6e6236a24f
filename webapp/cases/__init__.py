"""Use cases: what citizens, clerks, supervisors and the clock do to a case. None of them commits; the door does."""
