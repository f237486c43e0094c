"""Add what is learned from decisions, and what the figures stand on."""

import sqlalchemy as sa
from alembic import op

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('orders',
    sa.Column('id', Id, nullable=False),
    sa.Column('acquaintance', sa.String(length=64), nullable=False),
    sa.Column('last_decision', Id, nullable=False),
    sa.Column('last_letter', Id, nullable=False),
    sa.Column('gold', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('raised', sa.Integer(), nullable=False),
    sa.Column('lowered', sa.Integer(), nullable=False),
    sa.Column('doubtful', sa.JSON(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders'))
    )
    op.create_table('period_reports',
    sa.Column('id', Id, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_period_reports'))
    )
    op.create_index(op.f('ix_period_reports_key'), 'period_reports', ['key'], unique=False)
    op.create_table('sample_shares',
    sa.Column('id', Id, nullable=False),
    sa.Column('share', sa.Float(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sample_shares'))
    )
    op.create_table('site_models',
    sa.Column('id', Id, nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('base', sa.String(length=64), nullable=False),
    sa.Column('acquaintance', sa.String(length=64), nullable=False),
    sa.Column('last_decision', Id, nullable=False),
    sa.Column('gold', sa.Integer(), nullable=False),
    sa.Column('base_rate', sa.Float(), nullable=True),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('champion', sa.Text(), nullable=False),
    sa.Column('comparison', sa.JSON(), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site_models')),
    sa.UniqueConstraint('name', name=op.f('uq_site_models_name'))
    )
    op.create_table('promotions',
    sa.Column('id', Id, nullable=False),
    sa.Column('model_id', Id, nullable=True),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('act', sa.String(length=20), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['model_id'], ['site_models.id'], name=op.f('fk_promotions_model_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promotions')),
    sa.UniqueConstraint('request', name=op.f('uq_promotions_request'))
    )
    op.create_table('rule_proposals',
    sa.Column('id', Id, nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('account_id', Id, nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_rule_proposals_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_proposals')),
    sa.UniqueConstraint('key', name=op.f('uq_rule_proposals_key'))
    )
    op.create_index(op.f('ix_rule_proposals_state'), 'rule_proposals', ['state'], unique=False)
    op.create_table('letter_words',
    sa.Column('letter_id', Id, autoincrement=False, nullable=False),
    sa.Column('acquaintance', sa.String(length=64), nullable=False),
    sa.Column('odds', sa.LargeBinary(), nullable=False),
    sa.Column('columns', sa.LargeBinary(), nullable=False),
    sa.Column('weights', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['letter_id'], ['letters.id'], name=op.f('fk_letter_words_letter_id')),
    sa.PrimaryKeyConstraint('letter_id', name=op.f('pk_letter_words'))
    )
    op.create_index(op.f('ix_letter_words_acquaintance'), 'letter_words', ['acquaintance'], unique=False)
    op.create_table('stops',
    sa.Column('id', Id, nullable=False),
    sa.Column('round_id', Id, nullable=True),
    sa.Column('account_id', Id, nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('statement', sa.JSON(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', Id, nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_stops_account_id')),
    sa.ForeignKeyConstraint(['round_id'], ['rounds.id'], name=op.f('fk_stops_round_id')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['accounts.id'], name=op.f('fk_stops_withdrawn_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stops')),
    sa.UniqueConstraint('request', name=op.f('uq_stops_request'))
    )
    op.create_index(op.f('ix_stops_round_id'), 'stops', ['round_id'], unique=False)
    op.create_table('samples',
    sa.Column('clue_id', Id, autoincrement=False, nullable=False),
    sa.Column('drawn', sa.Date(), nullable=False),
    sa.Column('lot', sa.Float(), nullable=False),
    sa.Column('share', sa.Float(), nullable=False),
    sa.Column('pile', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Float(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_samples_clue_id')),
    sa.PrimaryKeyConstraint('clue_id', name=op.f('pk_samples'))
    )
    op.create_table('second_looks',
    sa.Column('id', Id, nullable=False),
    sa.Column('decision_id', Id, nullable=False),
    sa.Column('clue_id', Id, nullable=False),
    sa.Column('doubt', sa.Float(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('found_by', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('account_id', Id, nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_second_looks_account_id')),
    sa.ForeignKeyConstraint(['clue_id'], ['clues.id'], name=op.f('fk_second_looks_clue_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_second_looks_decision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_second_looks')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_second_looks_decision_id'))
    )
    op.create_index(op.f('ix_second_looks_clue_id'), 'second_looks', ['clue_id'], unique=False)
    op.create_index(op.f('ix_second_looks_state'), 'second_looks', ['state'], unique=False)
    op.add_column('clues', sa.Column('rubric_rank', sa.Float(), nullable=False, server_default=sa.text('0')))
    op.execute('UPDATE clues SET rubric_rank = rank')
    op.create_index('ix_clues_state_rubric_rank_id', 'clues', ['state', sa.text('rubric_rank DESC'), 'id'], unique=False)
    op.add_column('clues', sa.Column('learned', sa.JSON(), nullable=True))
    op.add_column('clues', sa.Column('set_aside', sa.Date(), nullable=True))
    op.add_column('runs', sa.Column('said', sa.JSON(), nullable=True))
    op.add_column('suggestions', sa.Column('inputs', sa.LargeBinary(length=32), nullable=True))
