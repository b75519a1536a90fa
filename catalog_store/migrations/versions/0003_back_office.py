"""The back office: who works here, their sessions, what they looked at, what they follow, what they teach."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


SQLITE = (
    """CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END""",
    """CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
    WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', (SELECT max(at) FROM audit), '-729 days')
    BEGIN SELECT RAISE(ABORT, 'the audit is kept for two years'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' AND OLD.at <= (SELECT max(at) FROM audit) - interval '729 days' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the audit is never changed, and kept for two years'; END $$""",
    "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays()",
)


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("office", sa.String(length=40), server_default="", nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("chat_invitation_id", sa.Integer(), nullable=True),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("subject", sa.LargeBinary(length=32), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], name=op.f("fk_staff_invitation_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_staff_organization_id")),
        sa.ForeignKeyConstraint(["chat_invitation_id"], ["invitations.id"], name=op.f("fk_staff_chat_invitation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("hash", name=op.f("uq_staff_hash")),
        sa.UniqueConstraint("subject", name=op.f("uq_staff_subject")),
        sa.UniqueConstraint("uid", name=op.f("uq_staff_uid")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_chat_invitation_id"), ["chat_invitation_id"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("uid", sa.String(length=64), server_default="", nullable=False),
        sa.Column("whose", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_whose"), ["whose"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "examples",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("need", sa.String(length=60), server_default="", nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_examples_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examples")),
        sa.UniqueConstraint("hash", name=op.f("uq_examples_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_examples_uid")),
    )
    with op.batch_alter_table("examples", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_examples_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("device", sa.String(length=60), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sessions_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("hash", name=op.f("uq_sessions_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_staff_id"), ["staff_id"], unique=False)

    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("office", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("note", sa.LargeBinary(), nullable=True))
    op.add_column("roles", sa.Column("office", sa.String(length=40), server_default="", nullable=False))
    op.add_column("waiting", sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("waiting", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    # Not rebuilt: SQLite would forget that ids are not given out again, hence one statement that both databases take.
    refer("roles", "invitation_id", "invitations")
    refer("waiting", "staff_id", "staff")
    refer("referrals", "staff_id", "staff")
    refer("referrals", "merged_into", "referrals")
    index("ix_outbox_dead", "outbox", ["id"], "state = 'dead'")
    index("ix_referrals_due", "referrals", ["due_at", "uid"], "due_at IS NOT NULL")
    index("ix_referrals_known", "referrals", ["created_at", "uid"], "person_id IS NOT NULL")
    looked_for = ["need", "area", "urgency", "organization_id", "staff_id", "due_at"]
    index("ix_referrals_board", "referrals", ["state", "created_at", "uid", *looked_for], "person_id IS NOT NULL")
    op.create_index("ix_referrals_state_offer", "referrals", ["state", "offer_id"], unique=False)


def index(name: str, table: str, columns: list[str], rows: str) -> None:
    """An index of some rows only."""
    op.create_index(name, table, columns, unique=False, sqlite_where=sa.text(rows), postgresql_where=sa.text(rows))


def refer(table: str, column: str, target: str) -> None:
    """Add a column that refers to another table, with its index."""
    named = f"CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER {named}")
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
