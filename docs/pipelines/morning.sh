#!/bin/sh
# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The morning's work for cron: the report, then the audit, whatever became of the report. A run that is all well prints
# nothing and ends with 0; else what failed is printed, for cron to mail, and the exit code is that of the last failure.

. /etc/backup-report.env
cd /var/lib/backup-report || exit

code=0
ansible-playbook safehold.backup.morning_report -e @/etc/backup-objectives.yml -e directory=. \
    > report.log 2>&1 || { code=$?; cat report.log; }
ansible-playbook safehold.backup.audit -e @/etc/backup-objectives.yml -e directory=audit \
    -e '{"backup_audit_from": ["evidence.json"]}' > audit.log 2>&1 || { code=$?; cat audit.log; }
exit "$code"
