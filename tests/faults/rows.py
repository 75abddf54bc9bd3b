# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault catalogue: what each id in the name of a test stands for."""

from __future__ import annotations

_ROWS = """
A1 the connection is refused
A2 the host's name is not known
A3 looking up the host's name hangs
A4 no answer to the first packet
A5 the network cannot be reached
A6 the first of two addresses is dead
A7 a server that accepts the connection and says nothing
A8 a TLS handshake that is never answered
A9 a certificate of an unknown authority, or signed by itself
A10 a certificate for another host
A11 a certificate that has expired, or is not valid yet
A12 a server that knows only TLS 1.0 and 1.1
A13 TLS spoken to a plain port
A14 another certificate in the middle of a wait
A15 a CA file that is missing, empty, unreadable or a directory
A16 an empty text as CA file: as if it was not given, and TLS is verified
A17 verification switched off: it works, and warns once
A18 an address without TLS, given with credentials
A19 TLS breaks after a change was sent
A20 clocks that are years apart

B1 a reset before the request was read
B2 a reset after the change was made
B3 a reset within the body
B4 a body shorter than it was announced
B5 JSON that is cut, of a body without a length
B6 a body that is cut where it is still JSON
B7 chunks that are cut, or of no length
B8 headers, and then nothing
B9 a body that comes byte by byte
B10 headers that come byte by byte
B11 `100 Continue` without end
B12 an answer that is not HTTP
B13 headers that are too long, or too many
B14 statuses that HTTP does not have
B15 a small body that unpacks to a huge one
B16 a body without end
B17 a body that is not packed as its header says
B18 a kept connection that was dropped between two requests
B19 two answers for one request
B20 lost packets and long delays

C1 a redirect of a read on the same host
C2 a redirect of a rename that ends in a 200
C3 a redirect that would repeat the login at another host
C4 a redirect that would repeat a rename
C5 a redirect from TLS to plain text
C6 redirects in a circle, to a file, to nowhere
C7 credentials for the host in .netrc
C8 a proxy named in the environment
C9 a proxy that refuses, or answers with a page of its own
C10 a CA file named in the environment, beside our option
C11 SSL_CERT_FILE in the environment
C12 addresses in an answer that point elsewhere
C13 ids that hold parts of an address
C14 cookies of the server
C15 the forms of NO_PROXY

D1 a wrong password
D2 a token that expires during a wait
D3 a refusal also after the second login
D4 a token that is refused at a change
D5 a login's answer without a usable token
D6 lifetimes of a token that make no sense
D7 a token that another node does not know yet
D8 a password that is changed during a wait
D9 one of many objects that the account may not change
D10 an object that is not there
D11 an address that an older API does not have
D12 a method, or a media type, that is refused
D13 an object that is busy or locked
D14 requests that are too long
D15 refusals that tell their reason
D16 too many requests, with the seconds to wait
D17 too many requests, with a date to wait for
D18 too many requests, with a wait that makes no sense
D19 too many requests for ever
D20 a server's error while reading
D21 a server's error while changing
D22 errors that no repeat can mend
D23 an error within a 200
D24 other statuses of success
D25 a page about maintenance with a 200
D26 many hosts that ask one busy server

E1 a 200 without a body
E2 HTML that says that it is JSON, and the other way round
E3 JSON of another kind than an object
E4 a key that is missing, empty or of another type
E5 keys and words that nobody knows
E6 text that is not UTF-8
E7 numbers that JSON does not have
E8 a key twice
E9 numbers of thousands of digits, objects thousands deep
E10 more than one document
E11 half of a pair of surrogates
E12 NUL and other control characters
E13 keys that Ansible keeps for itself
E14 keys that decide whether a task of Ansible failed
E15 ids beyond 2^53
E16 ids that are once numbers, once texts
E17 a text of 10 MB
E18 dates in every form

F1 a task that never ends
F2 a task that ends in the very last moment
F3 a state that nobody knows
F4 a state that is missing, or spelt otherwise
F5 a task that failed, with its reason
F6 a task that says done, and was not whole
F7 percentages that make no sense
F8 a task that is done, and then running again
F9 a task that is not visible at first
F10 a task that is forgotten
F11 the task of somebody else
F12 a change that is done at once
F13 a change that was taken without a task id
F14 a list instead of a task
F15 looks that fail in between
F16 the machine's clock jumps by an hour
F17 the machine sleeps for an hour
F18 a pause between looks that makes no sense
F19 no waiting
F20 tasks that are paused or about to be cancelled
F21 a task that somebody cancelled
F22 a server's clock that is wrong
F23 another node that does not know the task
F24 a change that is visible only later

G1 objects that vanish while pages are read
G2 objects that appear while pages are read
G3 a count that is not the number of objects
G4 an object twice, with two contents
G5 a server that caps the page
G6 an offset beyond the end
G7 the same page again and again
G8 an empty page in the middle
G9 more than one page
G10 100,000 objects
G11 a page that fails
G12 a token that expires between two pages
G13 a filter that the server ignores
G14 filters with characters that mean something
G15 an order that does not hold between pages

H1 names with Jinja
H2 names with Jinja in a file that is read again
H3 names within a condition
H4 names that drive a terminal or forge lines of a log
H5 names that look like others
H6 emoji
H7 names of blanks, or with blanks around them
H8 names that differ in case alone
H9 names that a spreadsheet would run
H10 names with HTML
H11 names that are paths
H12 names that mean something in YAML
H13 names of Ansible's own variables
H14 a name that is the password
H15 names of 10 MB
H16 names that look like numbers
H17 several backups of one name
H18 one name in two clusters

I1 the new name is the old one
I2 the new name is taken
I3 names that are empty, too long, or not allowed
I4 a backup that is deleted before its rename
I5 a backup that somebody else renames before
I6 a name that another backup bears meanwhile
I7 no answer, and the rename was taken
I8 no answer, and the rename was not taken
I9 a rename that is still running when it is looked for
I10 a task that is done, and nothing changed
I11 a task that failed, and the name changed
I12 a backup that is not found once
I13 an old state from another node
I14 two controllers, two names
I15 two controllers, one plan
I16 one of many renames fails
I17 many renames, and the run dies half-way
I18 names that are exchanged, or move on in a chain
I19 plans that name two for one
I20 plans from a list that changed
I21 backups that are still being made, expire or are locked
I22 a pattern that fits none, or far too many
I23 what is needed to take it back

J1 check mode
J2 check mode with async
J3 diff mode
J4 a task's `timeout:`
J5 the limit of async
J6 Ctrl-C and SIGTERM at ansible-playbook
J7 SIGKILL at ansible-playbook
J8 SIGTERM at the module
J9 a kill at every step, and another run
J10 temporary files after a kill
J11 the file of an async job
J12 many hosts, one server
J13 run_once, delegate_to and loops
J14 retries around a module
J15 the cache of facts
J16 100,000 backups as a result
J17 the oldest core and the oldest requests
J18 a library that is missing or too old
J19 a home that is read-only, a disk that is full
J20 a cache of tokens
J21 libraries that print

K1 secrets in options, lists and the environment
K2 tokens that a run fetches
K3 secrets within errors
K4 secrets in another form
K5 secrets as keys
K6 secrets with line breaks, other alphabets, 10 kB
K7 an option that is misspelt
K8 secrets that are short, or common words
K9 secrets in `environment:`
K10 secrets on the command line
K11 addresses that hold credentials
K12 a library's debug log
K13 a server that repeats the password
K14 the system's log
K15 files that stay on the host
K16 core dumps and the process table

L1 forms of a host and a port
L2 numbers out of range
L3 options that contradict each other
L4 dates
L5 forms of ids
L6 patterns that could take for ever
L7 credentials beyond Latin-1
L8 fields and filters that are not there
"""

ROWS: dict[str, str] = dict(row.split(" ", 1) for row in _ROWS.split("\n") if row)
