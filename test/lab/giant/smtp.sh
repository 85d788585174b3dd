#!/bin/bash
# Stands behind tcpserver where qmail-smtpd would.
printf '220 giant.example.net ESMTP\r\n'
while IFS= read -r -t 30 line; do
  case ${line%$'\r'} in
    [Qq][Uu][Ii][Tt]) printf '221 giant.example.net\r\n'; exit 0 ;;
    [Hh][Ee][Ll][Oo]* | [Ee][Hh][Ll][Oo]*) printf '250 giant.example.net\r\n' ;;
    *) printf '502 unimplemented\r\n' ;;
  esac
done
