#!/bin/bash
# The remote shell as a scanner meets it: silent until the client speaks, then a refusal.
IFS= read -r -t 30 -d '' _ && printf '\001Permission denied.\n'
