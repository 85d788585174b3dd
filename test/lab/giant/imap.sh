#!/bin/bash
# Speaks as much IMAP as a scanner or a person at a terminal asks for.
printf '* OK giant.example.net IMAP4rev1 ready\r\n'
while IFS= read -r -t 30 line; do
  line=${line%$'\r'}
  tag=${line%% *}
  case $line in
    *[Ll][Oo][Gg][Oo][Uu][Tt]*) printf '* BYE\r\n%s OK\r\n' "$tag"; exit 0 ;;
    *[Cc][Aa][Pp][Aa][Bb]*) printf '* CAPABILITY IMAP4rev1\r\n%s OK\r\n' "$tag" ;;
    *) printf '%s BAD\r\n' "$tag" ;;
  esac
done
