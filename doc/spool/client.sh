#!/bin/sh
# client.sh - stores one file in the mailgraft spool and prints its Graft-Attach field
#
#	client.sh FILE [name=NAME] [type=TYPE] [to=ADDRESS] [expires=SPAN] [cid=ID]
#
# Run it as the application, with the sudoers line of doc/spool/README.md. The
# file is read with the application's rights. For many files keep one
# "mailgraft put --batch" open instead: see the other clients.
#
# MAILGRAFT: another command than "sudo -n -u mailgraft /usr/bin/mailgraft"
# Exit: as mailgraft(1); 64 usage; 66 the file cannot be read
set -eu
LC_ALL=C
export LC_ALL

[ $# -ge 1 ] || { echo "usage: client.sh FILE [name=NAME] [type=TYPE] [to=ADDRESS] [expires=SPAN] [cid=ID]" >&2; exit 64; }
file=$1
shift
size=$(wc -c <"$file") || exit 66

# One member of a JSON object. mailgraft refuses control characters itself.
member() {
	printf ',"%s":"%s"' "$1" "$(printf '%s' "$2" | sed 's/[\\"]/\\&/g')"
}

request="{\"bytes\":$((size))"
case " $* " in
*' name='*) ;;
*) request=$request$(member name "${file##*/}") ;;
esac
for option in "$@"; do
	case $option in
	name=* | type=* | to=* | expires=* | cid=*) request=$request$(member "${option%%=*}" "${option#*=}") ;;
	*) echo "client.sh: '$option' is not known" >&2; exit 64 ;;
	esac
done

code=0
# shellcheck disable=SC2086  # a command and its arguments
answer=$({ printf '%s}\n' "$request"; head -c "$size" "$file"; } |
	${MAILGRAFT:-sudo -n -u mailgraft /usr/bin/mailgraft} put --batch) || code=$?
if [ $code -ne 0 ]; then
	printf '%s\n' "$answer" | sed -n 's/.*"error": *"\(.*\)"}$/client.sh: \1/p' >&2
	exit $code
fi
printf '%s\n' "$answer" | sed -n 's/.*"header": *"\([^"]*\)".*/\1/p'
