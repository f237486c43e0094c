"""Add people, rounds, recusal, decisions, hand-over and the review app's other records."""

import sqlalchemy as sa
from alembic import op

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The search index (repositories/search): no table of the program's own on SQLite, where FTS5 keeps it.
LETTER_GRAMS = {
    "sqlite": (
        "CREATE VIRTUAL TABLE letter_grams USING fts5(grams, content='', detail='none', columnsize=0, tokenize='ascii')",
    ),
    "postgresql": (
        "CREATE TABLE letter_grams (letter_id BIGINT PRIMARY KEY REFERENCES letter_search ON DELETE CASCADE, grams TEXT[] NOT NULL)",
        "CREATE INDEX ix_letter_grams_grams ON letter_grams USING gin (grams)",
    ),
}


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('id', Id, nullable=False),
    sa.Column('login', sa.String(length=40), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('password', sa.Text(), nullable=False),
    sa.Column('must_change', sa.Boolean(), nullable=False),
    sa.Column('issued', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('screened', sa.Boolean(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('login', name=op.f('uq_accounts_login'))
    )
    op.create_table('exports',
    sa.Column('id', Id, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('account_id', Id, nullable=True),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_exports_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exports'))
    )
    op.create_table('hand_overs',
    sa.Column('id', Id, nullable=False),
    sa.Column('number', sa.String(length=30), nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('receiver', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', Id, nullable=False),
    sa.Column('handed_on', sa.Date(), nullable=True),
    sa.Column('handed_by', sa.Text(), nullable=False),
    sa.Column('received_by', sa.Text(), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['accounts.id'], name=op.f('fk_hand_overs_created_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hand_overs')),
    sa.UniqueConstraint('number', name=op.f('uq_hand_overs_number')),
    sa.UniqueConstraint('request', name=op.f('uq_hand_overs_request'))
    )
    op.create_table('rounds',
    sa.Column('id', Id, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('starts', sa.Date(), nullable=False),
    sa.Column('ends', sa.Date(), nullable=False),
    sa.Column('closed', sa.DateTime(timezone=True), nullable=True),
    sa.Column('all_units', sa.Boolean(), nullable=False),
    sa.Column('takes_unplaced', sa.Boolean(), nullable=False),
    sa.Column('double_share', sa.Float(), nullable=False),
    sa.Column('blind_share', sa.Float(), nullable=False),
    sa.Column('lot_seed', sa.Text(), nullable=False),
    sa.Column('draws', sa.JSON(), nullable=True),
    sa.Column('request', sa.String(length=64), nullable=True),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', Id, nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['accounts.id'], name=op.f('fk_rounds_created_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rounds')),
    sa.UniqueConstraint('request', name=op.f('uq_rounds_request'))
    )
    op.create_table('saved_views',
    sa.Column('id', Id, nullable=False),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('query', sa.JSON(), nullable=False),
    sa.Column('start', sa.Boolean(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_saved_views_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views'))
    )
    op.create_index(op.f('ix_saved_views_account_id'), 'saved_views', ['account_id'], unique=False)
    op.create_table('sessions',
    sa.Column('key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_sessions_account_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sessions'))
    )
    op.create_index(op.f('ix_sessions_account_id'), 'sessions', ['account_id'], unique=False)
    op.create_table('letter_search',
    sa.Column('letter_id', Id, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_letter_search_letter_id')),
    sa.PrimaryKeyConstraint('letter_id', name=op.f('pk_letter_search'))
    )
    op.create_index(op.f('ix_letter_search_version'), 'letter_search', ['version'], unique=False)
    for statement in LETTER_GRAMS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table('round_members',
    sa.Column('round_id', Id, nullable=False),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('units', sa.JSON(), nullable=False),
    sa.Column('added', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', Id, nullable=False),
    sa.Column('ended', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_round_members_account_id')),
    sa.ForeignKeyConstraint(['added_by'], ['accounts.id'], name=op.f('fk_round_members_added_by')),
    sa.ForeignKeyConstraint(['round_id'], ['rounds.id'], name=op.f('fk_round_members_round_id')),
    sa.PrimaryKeyConstraint('round_id', 'account_id', name=op.f('pk_round_members'))
    )
    op.create_index(op.f('ix_round_members_account_id'), 'round_members', ['account_id'], unique=False)
    op.create_table('round_units',
    sa.Column('round_id', Id, nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['rounds.id'], name=op.f('fk_round_units_round_id')),
    sa.PrimaryKeyConstraint('round_id', 'unit', name=op.f('pk_round_units'))
    )
    op.create_table('clue_blocks',
    sa.Column('account_id', Id, nullable=False),
    sa.Column('clue_id', Id, nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_clue_blocks_account_id')),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_clue_blocks_clue_id')),
    sa.PrimaryKeyConstraint('account_id', 'clue_id', 'source', name=op.f('pk_clue_blocks'))
    )
    op.create_index(op.f('ix_clue_blocks_clue_id'), 'clue_blocks', ['clue_id'], unique=False)
    op.create_table('clue_units',
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('clue_id', Id, nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_clue_units_clue_id')),
    sa.PrimaryKeyConstraint('unit', 'clue_id', name=op.f('pk_clue_units'))
    )
    op.create_index(op.f('ix_clue_units_clue_id'), 'clue_units', ['clue_id'], unique=False)
    op.create_table('clue_rounds',
    sa.Column('round_id', Id, nullable=False),
    sa.Column('clue_id', Id, nullable=False),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_clue_rounds_clue_id')),
    sa.ForeignKeyConstraint(['round_id'], ['rounds.id'], name=op.f('fk_clue_rounds_round_id')),
    sa.PrimaryKeyConstraint('round_id', 'clue_id', name=op.f('pk_clue_rounds'))
    )
    op.create_index(op.f('ix_clue_rounds_clue_id'), 'clue_rounds', ['clue_id'], unique=False)
    op.create_table('decisions',
    sa.Column('id', Id, nullable=False),
    sa.Column('clue_id', Id, nullable=False),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('round_id', Id, nullable=True),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('clue_version', sa.Integer(), nullable=False),
    sa.Column('suggestions', sa.JSON(), nullable=False),
    sa.Column('act', sa.String(length=20), nullable=False),
    sa.Column('mode', sa.String(length=20), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('labels', sa.JSON(), nullable=False),
    sa.Column('allegations', sa.JSON(), nullable=False),
    sa.Column('destination', sa.String(length=20), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('saw', sa.Boolean(), nullable=False),
    sa.Column('shown', sa.String(length=20), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('lots', sa.JSON(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('undoes', Id, nullable=True),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_decisions_account_id')),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_decisions_clue_id')),
    sa.ForeignKeyConstraint(['round_id'], ['rounds.id'], name=op.f('fk_decisions_round_id')),
    sa.ForeignKeyConstraint(['undoes'], ['decisions.id'], name=op.f('fk_decisions_undoes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions')),
    sa.UniqueConstraint('request', name=op.f('uq_decisions_request')),
    sa.UniqueConstraint('undoes', name=op.f('uq_decisions_undoes'))
    )
    op.create_index(op.f('ix_decisions_account_id_id'), 'decisions', ['account_id', 'id'], unique=False)
    op.create_index(op.f('ix_decisions_clue_id_id'), 'decisions', ['clue_id', 'id'], unique=False)
    op.create_index(op.f('ix_decisions_round_id'), 'decisions', ['round_id'], unique=False)
    op.create_index(op.f('ix_decisions_shown'), 'decisions', ['shown'], unique=False)
    op.create_table('drafts',
    sa.Column('account_id', Id, nullable=False),
    sa.Column('clue_id', Id, nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('saved', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_drafts_account_id')),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_drafts_clue_id')),
    sa.PrimaryKeyConstraint('account_id', 'clue_id', name=op.f('pk_drafts'))
    )
    op.create_index(op.f('ix_drafts_clue_id'), 'drafts', ['clue_id'], unique=False)
    op.create_table('dispositions',
    sa.Column('id', Id, nullable=False),
    sa.Column('clue_id', Id, nullable=False),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('owner', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('approved_by', sa.Text(), nullable=False),
    sa.Column('approved_on', sa.Date(), nullable=True),
    sa.Column('due', sa.Date(), nullable=True),
    sa.Column('result', sa.String(length=20), nullable=False),
    sa.Column('feedback', sa.String(length=20), nullable=False),
    sa.Column('feedback_on', sa.Date(), nullable=True),
    sa.Column('feedback_note', sa.Text(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_dispositions_account_id')),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_dispositions_clue_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispositions')),
    sa.UniqueConstraint('request', name=op.f('uq_dispositions_request'))
    )
    op.create_index(op.f('ix_dispositions_clue_id_id'), 'dispositions', ['clue_id', 'id'], unique=False)
    op.create_table('entity_corrections',
    sa.Column('id', Id, nullable=False),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('clue_id', Id, nullable=False),
    sa.Column('type', sa.String(length=20), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('new_type', sa.String(length=20), nullable=False),
    sa.Column('new_value', sa.Text(), nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('changed', sa.JSON(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_entity_corrections_account_id')),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_entity_corrections_clue_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entity_corrections')),
    sa.UniqueConstraint('request', name=op.f('uq_entity_corrections_request'))
    )
    op.create_index(op.f('ix_entity_corrections_clue_id'), 'entity_corrections', ['clue_id'], unique=False)
    op.create_table('hand_over_clues',
    sa.Column('batch_id', Id, nullable=False),
    sa.Column('clue_id', Id, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('returned_on', sa.Date(), nullable=True),
    sa.Column('return_reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['hand_overs.id'], name=op.f('fk_hand_over_clues_batch_id')),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_hand_over_clues_clue_id')),
    sa.PrimaryKeyConstraint('batch_id', 'clue_id', name=op.f('pk_hand_over_clues'))
    )
    op.create_index(op.f('ix_hand_over_clues_clue_id'), 'hand_over_clues', ['clue_id'], unique=False)
    op.create_table('leases',
    sa.Column('clue_id', Id, nullable=False),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('taken', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_leases_account_id')),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_leases_clue_id')),
    sa.PrimaryKeyConstraint('clue_id', name=op.f('pk_leases'))
    )
    op.create_index(op.f('ix_leases_account_id'), 'leases', ['account_id'], unique=False)
    op.create_table('link_changes',
    sa.Column('id', Id, nullable=False),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('letter_id', Id, nullable=False),
    sa.Column('from_clue', Id, nullable=False),
    sa.Column('to_clue', Id, nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_link_changes_account_id')),
    sa.ForeignKeyConstraint(['from_clue'], ['clues.id'], name=op.f('fk_link_changes_from_clue')),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_link_changes_letter_id')),
    sa.ForeignKeyConstraint(['to_clue'], ['clues.id'], name=op.f('fk_link_changes_to_clue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link_changes')),
    sa.UniqueConstraint('request', 'letter_id', name=op.f('uq_link_changes_request_letter_id'))
    )
    op.create_index(op.f('ix_link_changes_from_clue'), 'link_changes', ['from_clue'], unique=False)
    op.create_index(op.f('ix_link_changes_letter_id'), 'link_changes', ['letter_id'], unique=False)
    op.create_index(op.f('ix_link_changes_to_clue'), 'link_changes', ['to_clue'], unique=False)
    op.create_table('reveals',
    sa.Column('id', Id, nullable=False),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('letter_id', Id, nullable=False),
    sa.Column('clue_id', Id, nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_by', Id, nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered', sa.DateTime(timezone=True), nullable=True),
    sa.Column('granted', sa.Boolean(), nullable=True),
    sa.Column('expires', sa.DateTime(timezone=True), nullable=True),
    sa.Column('views', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_reveals_account_id')),
    sa.ForeignKeyConstraint(['answered_by'], ['accounts.id'], name=op.f('fk_reveals_answered_by')),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_reveals_clue_id')),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_reveals_letter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reveals')),
    sa.UniqueConstraint('request', name=op.f('uq_reveals_request'))
    )
    op.create_index(op.f('ix_reveals_account_id'), 'reveals', ['account_id'], unique=False)
    op.create_index(op.f('ix_reveals_clue_id'), 'reveals', ['clue_id'], unique=False)
    op.create_index(op.f('ix_reveals_letter_id'), 'reveals', ['letter_id'], unique=False)
    op.add_column('clues', sa.Column('screened', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('clues', sa.Column('outcome', sa.String(length=20), nullable=True))
    op.add_column('clues', sa.Column('final_labels', sa.JSON(), nullable=True))
    op.add_column('clues', sa.Column('final_category', sa.String(length=40), nullable=True))
    op.add_column('clues', sa.Column('postponed_until', sa.Date(), nullable=True))
    op.add_column('clues', sa.Column('first_reader', Id, nullable=True))
    op.add_column('clues', sa.Column('since', sa.Date(), nullable=True))
    op.execute("UPDATE clues SET since = coalesce(received, date(created))")
    op.create_index(op.f('ix_clues_category_state_screened'), 'clues', ['category', 'state', 'screened'], unique=False)
    op.create_index(op.f('ix_clues_state_id'), 'clues', ['state', 'id'], unique=False)
    op.create_index(op.f('ix_clues_state_since_id'), 'clues', ['state', 'since', 'id'], unique=False)
    op.create_index('ix_clues_unscreened', 'clues', ['id'], unique=False, sqlite_where=sa.text('NOT screened'), postgresql_where=sa.text('NOT screened'))
    op.add_column('suggestions', sa.Column('scopes', sa.JSON(), nullable=True))
    op.add_column('suggestions', sa.Column('referral', sa.JSON(), nullable=True))
    op.add_column('letters', sa.Column('registrar_id', Id, nullable=True))
    op.create_index(op.f('ix_letters_registrar_id'), 'letters', ['registrar_id'], unique=False)
    op.create_table('registrations',
    sa.Column('id', Id, nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('received', sa.Date(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('ref', Id, nullable=False),
    sa.Column('visitors', sa.Integer(), nullable=False),
    sa.Column('claimed', sa.Boolean(), nullable=False),
    sa.Column('attachments', sa.Integer(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_registrations_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registrations')),
    sa.UniqueConstraint('request', name=op.f('uq_registrations_request'))
    )
    op.create_index(op.f('ix_registrations_account_id_id'), 'registrations', ['account_id', 'id'], unique=False)
    op.create_index(op.f('ix_registrations_outcome_ref'), 'registrations', ['outcome', 'ref'], unique=False)
    op.add_column('runs', sa.Column('source_id', Id, nullable=True))
    op.create_index(op.f('ix_runs_source_id'), 'runs', ['source_id'], unique=False)
    op.add_column('audit_events', sa.Column('result', sa.String(length=20), server_default=sa.text("''"), nullable=False))
    op.create_index(op.f('ix_audit_events_at'), 'audit_events', ['at'], unique=False)
    op.create_index(op.f('ix_audit_events_actor_id'), 'audit_events', ['actor', 'id'], unique=False)
    op.create_index(op.f('ix_audit_events_action_id'), 'audit_events', ['action', 'id'], unique=False)
    op.create_index(op.f('ix_audit_events_object_kind_object_id_id'), 'audit_events', ['object_kind', 'object_id', 'id'], unique=False)
