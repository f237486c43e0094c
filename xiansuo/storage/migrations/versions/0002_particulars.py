"""Keep an allegation's particulars and what is missing, and a clue's first category."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rows of the earlier program know none of it; analysing again (xiansuo upgrade) fills it in.
    op.add_column("allegations", sa.Column("particulars", sa.JSON(), nullable=True))
    op.add_column("allegations", sa.Column("missing", sa.JSON(), nullable=True))
    op.add_column("clues", sa.Column("category", sa.String(length=40), nullable=True))
