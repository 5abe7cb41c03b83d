# SPDX-License-Identifier: Apache-2.0
# Puts the options of options.def into the manual's template at its line @OPTIONS@.
#   awk -f man-options.awk options.def sandbox-run.1.in

# The strings and letters of a row, in order, into field[].
function fields(row,    n) {
	n = 0
	while (match(row, /"[^"]*"|'.'|, *0 *,|NULL/)) {
		field[++n] = substr(row, RSTART, RLENGTH)
		gsub(/^["']|["']$/, "", field[n])
		row = substr(row, RSTART + RLENGTH)
	}
	return n
}

function dashes(text) {
	gsub(/-/, "\\-", text)
	return text
}

function option(row,    letter, head) {
	fields(row)
	letter = field[1] ~ /^, *0/ ? "" : "\\fB\\-" field[1] "\\fR, "
	head = letter "\\fB" dashes("--" field[2]) "\\fR"
	if (field[3] != "NULL")
		head = head " \\fI" field[3] "\\fR"
	gsub(/\\n/, "\n", field[4])
	options = options ".TP\n" head "\n" dashes(field[4]) ".\n"
}

FNR == NR && /^OPTION_SECTION/ {
	fields($0)
	options = options ".SS " field[1] "\n"
	next
}
FNR == NR && /^OPTION\(/ { row = "" ; inside = 1 }
FNR == NR {
	if (inside)
		row = row $0
	if (inside && /\)$/) {
		option(row)
		inside = 0
	}
	next
}
$0 == "@OPTIONS@" { printf "%s", options; next }
{ print }
