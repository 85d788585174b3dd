#!/bin/bash
# Speaks as much POP3 as a scanner or a person at a terminal asks for.
printf '+OK giant.example.net POP3 ready\r\n'
while IFS= read -r -t 30 line; do
  case ${line%$'\r'} in
    [Qq][Uu][Ii][Tt]) printf '+OK bye\r\n'; exit 0 ;;
    [Uu][Ss][Ee][Rr]*) printf '+OK\r\n' ;;
    *) printf -- '-ERR\r\n' ;;
  esac
done
