#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sqlite3 in its journal modes, on all kinds of mounts that can be written; what is in the file is checked after.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/tree.sh

work_sql='create table t(a integer primary key, b text, c blob);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
	insert into t select i, printf("row %d", i), zeroblob(i % 100) from n;
create index x on t(b);
update t set b = b || "!" where a % 3 = 0;
delete from t where a % 7 = 0;
begin; delete from t; rollback;
select count(*), sum(a), sum(length(c)) from t;
select b from t where b like "row 12%" order by a;
vacuum;
pragma integrity_check;'

more() {
	for mode in delete truncate persist memory off wal; do
		printf 'pragma journal_mode = %s;\n%s\n' $mode "$work_sql" >"$work/$mode.sql"
	done
	sqlite3 "$work/old.db" 'create table o(x); insert into o values(1), (2), (3);'
}

# The bytes of a database depend on nothing but the statements.
fresh
t /usr/bin/sqlite3 :memory: 'select 6 * 7, sqlite_version() is not null, upper("x")'
t /usr/bin/sqlite3 -readonly old.db 'select sum(x) from o'
for mode in delete truncate memory off wal; do
	INPUT=$work/$mode.sql w /usr/bin/sqlite3 new.db
done
w /usr/bin/sqlite3 old.db 'insert into o values(4); select sum(x) from o; pragma integrity_check'
w /usr/bin/sqlite3 old.db '.dump'
done_testing
