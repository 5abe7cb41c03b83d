# SPDX-License-Identifier: Apache-2.0
# The table of the figures that startbench and monitormem print, and the goals.
# Input: machine|, peer|, title|ID|TEXT and goal| lines, and measurements separated by tabs.
# Exit status 1 when sandbox-run failed in a measurement; a missed goal is only said.

BEGIN {
	suffix["exit"] = ", start to exit"
	suffix["gone"] = ", start to the end of all its processes"
	suffix["inside"] = ""
	suffix["monitor"] = " of the monitor process, private, without the guest's"
	suffix["launcher"] = " of the launcher process, private"
	suffix["guest"] = " of the guest that its program touched or that is its runtime's"
	split("native bubblewrap sandbox-run", against, " ")
}

function number(value, unit) {
	return sprintf(value < 10 ? "%.2f %s" : value < 100 ? "%.1f %s" : "%.0f %s", value, unit)
}

function amount(value, measure) {
	if (measure ~ /^memory/)
		return value < 1048576 ? number(value / 1024, "KiB") : number(value / 1048576, "MiB")
	if (value < 1000)
		return number(value, "ns")
	return value < 1000000 ? number(value / 1000, "us") : number(value / 1000000, "ms")
}

function factor(value) {
	return sprintf(value < 0.1 ? "%.2gx" : value < 10 ? "%.2fx" : "%.0fx", value)
}

function row(a, b, c, d, e, f, g) {
	if (format == "markdown")
		printf "| %s | %s | %s | %s | %s | %s | %s |\n", a, b, c, d, e, f, g
	else
		printf "  %-13s %10s  %-21s %5s %9s %12s %13s\n", a, b, c, d, e, f, g
}

function heading(title) {
	if (format == "markdown") {
		printf "\n**%s**\n\n", title
		row("", "median", "p10 - p90", "runs", "/ native", "/ bubblewrap", "/ sandbox-run")
		row("---", "--:", "---", "--:", "--:", "--:", "--:")
	} else {
		printf "\n%s\n", title
		row("", "median", "p10 - p90", "runs", "/ native", "/ bubblewrap", "/ sandbox-run")
	}
}

function measurement(measure, name, i, part) {
	split(measure, part, ".")
	if (measure != last)
		heading(title[part[1]] suffix[part[2]])
	last = measure
	if ((measure, name) in reason) {
		printf format == "markdown" ? "| %s | failed: %s |||||\n" : "  %-13s failed: %s\n",
		       name, reason[measure, name]
		return
	}
	for (i = 1; i <= 3; i++) {
		ratio[i] = ""
		if (median[measure, against[i]] && name != against[i])
			ratio[i] = factor(median[measure, name] / median[measure, against[i]])
	}
	row(name, amount(median[measure, name], measure),
	    amount(low[measure, name], measure) " - " amount(high[measure, name], measure),
	    runs[measure, name], ratio[1], ratio[2], ratio[3])
}

# WHAT is "MEASURE CONTESTANT": its median, or 0, which is not measured and said
function value_of(what, part) {
	split(what, part, " ")
	if (median[part[1], part[2]])
		return median[part[1], part[2]]
	missing = missing "; " part[2] " was not measured"
	if ((part[1], part[2]) in reason)
		missing = missing " (" reason[part[1], part[2]] ")"
	return 0
}

function judge(left, most, right, text, have, want, line) {
	missing = ""
	have = value_of(left)
	want = right == "-" ? most : value_of(right) * most
	if (missing)
		line = substr(missing, 3)
	else if (right == "-")
		line = amount(have, left) " of " amount(want, left)
	else
		line = sprintf("%s against %s, %s of at most %s", amount(have, left),
			       amount(want / most, left), factor(have * most / want), factor(most))
	printf "%s%s  %s: %s\n", format == "markdown" ? "- " : "  ",
	       !missing && have <= want ? "pass" : "MISS", text, line
}

/^(machine|peer|title|goal)\|/ {
	split($0, field, "|")
	if (field[1] == "title")
		title[field[2]] = field[3]
	else if (field[1] == "goal")
		goals[++goal_count] = $0
	else if (field[1] == "machine")
		print "machine: " field[2]
	else
		print "peer: " field[2]
	next
}

{
	split($0, field, "\t")
	order[++count] = field[1] "\t" field[2]
	if (field[3] == "ok") {
		runs[field[1], field[2]] = field[4]
		median[field[1], field[2]] = field[5]
		low[field[1], field[2]] = field[6]
		high[field[1], field[2]] = field[7]
	} else {
		reason[field[1], field[2]] = field[4]
		if (field[2] == "sandbox-run")
			broken = 1
	}
}

END {
	for (n = 1; n <= count; n++) {
		split(order[n], field, "\t")
		measurement(field[1], field[2])
	}
	print format == "markdown" ? "\n**goals**\n" : "\ngoals"
	for (n = 1; n <= goal_count; n++) {
		split(goals[n], field, "|")
		judge(field[2], field[3], field[4], field[5])
	}
	exit broken
}
