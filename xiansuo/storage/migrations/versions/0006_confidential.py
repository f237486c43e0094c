"""Add holds, proposals to erase with their certificates, what was erased, what each rank was weighed from, and where sealed letters came from."""

import sqlalchemy as sa
from alembic import op

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('retention_holds',
    sa.Column('id', Id, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('ref', Id, nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created', sa.DateTime(timezone=True), nullable=False),
    sa.Column('released', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by', sa.Text(), nullable=False),
    sa.Column('release_reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_holds')),
    sa.UniqueConstraint('request', name=op.f('uq_retention_holds_request'))
    )
    op.create_index(op.f('ix_retention_holds_kind_ref'), 'retention_holds', ['kind', 'ref'])
    op.create_table('erasures',
    sa.Column('id', Id, nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=False),
    sa.Column('proposed', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_by', sa.Text(), nullable=False),
    sa.Column('answered', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=True),
    sa.Column('finished', sa.DateTime(timezone=True), nullable=True),
    sa.Column('certificate', sa.JSON(), nullable=True),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasures')),
    sa.UniqueConstraint('number', name=op.f('uq_erasures_number')),
    sa.UniqueConstraint('request', name=op.f('uq_erasures_request'))
    )
    op.create_index(op.f('ix_erasures_state'), 'erasures', ['state'])
    op.create_table('erased_items',
    sa.Column('erasure_id', Id, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('ref', Id, autoincrement=False, nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('done', sa.DateTime(timezone=True), nullable=True),
    sa.Column('kept', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['erasure_id'], ['erasures.id'], name=op.f('fk_erased_items_erasure_id')),
    sa.PrimaryKeyConstraint('erasure_id', 'kind', 'ref', name=op.f('pk_erased_items'))
    )
    op.create_index(op.f('ix_erased_items_kind_ref'), 'erased_items', ['kind', 'ref'])
    op.create_index(op.f('ix_erased_items_digest'), 'erased_items', ['digest'])
    op.add_column('suggestions', sa.Column('found', sa.JSON(), nullable=True))
    op.add_column('sealed_receipts', sa.Column('source_id', Id, nullable=True))
