"""Add what is known of reading each source, and how far a mail folder's mails have been acknowledged."""

import sqlalchemy as sa
from alembic import op

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('source_states',
    sa.Column('source_id', Id, autoincrement=False, nullable=False),
    sa.Column('tried', sa.DateTime(timezone=True), nullable=True),
    sa.Column('succeeded', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed', sa.DateTime(timezone=True), nullable=True),
    sa.Column('brought', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('trouble', sa.String(length=20), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('next_try', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fingerprint', sa.LargeBinary(length=32), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_source_states_source_id')),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_source_states'))
    )
    op.execute(_FROM_RUNS)
    op.add_column('cursors', sa.Column('acknowledged_uid', Id, nullable=False, server_default=sa.text('0')))
    # Until now mails were acknowledged right after the commit that stored them.
    op.execute('UPDATE cursors SET acknowledged_uid = last_uid')


_FROM_RUNS = """
INSERT INTO source_states (source_id, tried, succeeded, brought, failures, trouble, said)
SELECT sources.id, max(runs.finished), max(runs.finished),
       (SELECT max(letters.ingested_at) FROM letters WHERE letters.source_id = sources.id), 0, '', ''
FROM sources JOIN runs ON runs.source_id = sources.id AND runs.status = 'done'
GROUP BY sources.id
"""
