"""Department, schools, pupils, rules, the register of awards, clients."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_schools()
    _create_pupils()
    _create_rules()
    _create_awards()
    _create_clients()


def _create_schools() -> None:
    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_department"),
    )
    op.create_table(
        "schools",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ward", sa.Text()),
        sa.Column("successor", sa.BigInteger()),
        sa.ForeignKeyConstraint(["successor"], ["schools.id"], name="fk_schools_successor"),
        sa.PrimaryKeyConstraint("id", name="pk_schools"),
        sa.UniqueConstraint("code", name="uq_schools_code"),
    )
    op.create_table(
        "school_names",
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.Integer()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name="fk_school_names_school"),
        sa.PrimaryKeyConstraint("school", "since", name="pk_school_names"),
    )
    op.create_table(
        "heads",
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("until", sa.Integer()),
        sa.Column("decision_no", sa.Text()),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name="fk_heads_school"),
        sa.PrimaryKeyConstraint("school", "since", "kind", "name", name="pk_heads"),
    )


def _create_pupils() -> None:
    op.create_table(
        "pupils",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth", sa.Integer(), nullable=False),
        sa.Column("sex", sa.Text()),
        sa.Column("ethnicity", sa.Text()),
        sa.Column("birth_place", sa.Text()),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("class_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name="fk_pupils_school"),
        sa.PrimaryKeyConstraint("code", name="pk_pupils"),
    )
    op.create_index("ix_pupils_school", "pupils", ["school"])
    op.create_table(
        "programmes",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer()),
        sa.PrimaryKeyConstraint("key", name="pk_programmes"),
    )


def _create_rules() -> None:
    op.create_table(
        "credential_types",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text()),
        sa.PrimaryKeyConstraint("key", name="pk_credential_types"),
        sa.UniqueConstraint("number", name="uq_credential_types_number"),
    )
    op.create_table(
        "issuing_rules",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("school_kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.Integer()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["type"], ["credential_types.key"], name="fk_issuing_rules_type"),
        sa.PrimaryKeyConstraint("type", "issuer", "school_kind", "since", name="pk_issuing_rules"),
    )


def _create_awards() -> None:
    op.create_table(
        "awards",
        sa.Column("type", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("register_no", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text()),
        sa.Column("pupil", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("birth", sa.Integer(), nullable=False),
        sa.Column("classification", sa.Text()),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=False),
        sa.Column("signer_title", sa.Text(), nullable=False),
        sa.Column("decision_no", sa.Text()),
        sa.Column("decision_on", sa.Integer()),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("ground", sa.Text()),
        sa.Column("withdrawal_decision", sa.Text()),
        sa.Column("withdrawn_on", sa.Integer()),
        sa.Column("batch_ref", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["pupil"], ["pupils.code"], name="fk_awards_pupil"),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name="fk_awards_school"),
        sa.PrimaryKeyConstraint("type", "school", "year", "number", name="pk_awards"),
        sa.UniqueConstraint(
            "type", "school", "register_no", name="uq_awards_type_school_register_no"
        ),
        sa.UniqueConstraint("serial", "type", name="uq_awards_serial_type"),
    )
    op.create_index("ix_awards_batch_ref", "awards", ["batch_ref"])
    op.create_index(
        "uq_awards_standing",
        "awards",
        ["pupil", "type", "year"],
        unique=True,
        sqlite_where=sa.text("lane < 2"),
        postgresql_where=sa.text("lane < 2"),
    )
    op.create_table(
        "counters",
        sa.Column("type", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("school", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.id"], name="fk_counters_school"),
        sa.PrimaryKeyConstraint("type", "school", "year", name="pk_counters"),
    )


def _create_clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clients"),
    )
