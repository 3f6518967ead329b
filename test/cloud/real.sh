#!/usr/bin/env bash
# The whole proof in a real AWS account, for whoever has one: deploys a stage that may be lost, uses all of it with the
# simulator as DingTalk, and takes it away. About half an hour and less than $0.20.
#
#   SIMULATOR_URL=https://… ALARM_EMAIL=you@example.com test/cloud/real.sh
#
# SIMULATOR_URL is an https address that leads to port 3100 of this machine (a tunnel), where this starts the simulator.
# Region and credentials are those of the AWS CLI (AWS_REGION, AWS_PROFILE). What it made and could not take away it names.
set -euo pipefail
cd "$(dirname "$0")/../.."

STAGE=${STAGE:-proof}
REGION=${AWS_REGION:-$(aws configure get region || true)}
: "${REGION:?which region? AWS_REGION, or aws configure set region …}"
: "${SIMULATOR_URL:?an https address that leads to port 3100 of this machine}"
PORT=${SIMULATOR_PORT:-3100}
AT=(--stage "$STAGE" --region "$REGION")
WORK=$(mktemp -d)
STEPS=0
export AWS_REGION=$REGION DINGTALK_API_URL=$SIMULATOR_URL DINGTALK_OAPI_URL=$SIMULATOR_URL

step() { STEPS=$((STEPS + 1)); printf '\n%s. %s\n' "$STEPS" "$*"; }
dock() { npx dingdock "$@"; }
# A rehearsal (AWS_ENDPOINT_URL is set) has no functions that run: an API elsewhere answers (DINGDOCK_URL, with the key
# REHEARSAL_KEY), and what asks for functions of this stage is told and left out.
live() { [ -z "${AWS_ENDPOINT_URL:-}" ] || { echo "  left out: nothing runs functions here"; return 1; }; }

finish() {
  code=$?
  [ -z "${SIMULATOR:-}" ] || kill "$SIMULATOR" 2>/dev/null || true
  rm -rf "$WORK"
  if [ "$code" -ne 0 ]; then
    printf '\nIt ended at step %s (%s). What is there goes by:\n' "$STEPS" "$code"
    printf '  npx dingdock remove --stage %s --region %s --yes\n' "$STAGE" "$REGION"
    for name in "dingdock/$STAGE" "dingdock/$STAGE/keys"; do
      printf '  aws secretsmanager delete-secret --region %s --secret-id %s --force-delete-without-recovery\n' "$REGION" "$name"
    done
  fi
}
trap finish EXIT

step "nothing of the stage $STAGE is there yet"
if aws cloudformation describe-stacks --region "$REGION" --stack-name "dingdock-$STAGE" >/dev/null 2>&1; then
  echo "there is a stack dingdock-$STAGE: choose another name (STAGE=…)" >&2
  exit 1
fi

step "the simulator answers at $SIMULATOR_URL"
node simulator/main.ts --port "$PORT" >"$WORK/simulator.log" 2>&1 &
SIMULATOR=$!
for _ in $(seq 30); do curl -fsS "$SIMULATOR_URL/_sim" >/dev/null 2>&1 && break; sleep 1; done
curl -fsS "$SIMULATOR_URL/_sim" >/dev/null

step "the secrets"
DINGTALK_APP_SECRET=dingsimsecret dock init "${AT[@]}" --corp-id dingsimcorp --app-key dingsimapp --agent-id 1000001

step "a first deployment"
SETTINGS=(disposable=true logDays=1)
if live; then SETTINGS+=("apiUrl=$SIMULATOR_URL" "oapiUrl=$SIMULATOR_URL"); fi
[ -z "${ALARM_EMAIL:-}" ] || SETTINGS+=("alarmEmail=$ALARM_EMAIL")
dock deploy "${AT[@]}" --yes "${SETTINGS[@]}"

step "the same again changes no setting"
dock deploy "${AT[@]}" --check

step "a key and a destination"
DINGDOCK_API_KEY=$(dock keys create proof --scope '*' --expires 1d "${AT[@]}" --json | node -pe 'JSON.parse(require("node:fs").readFileSync(0, "utf8")).key')
[ -z "${AWS_ENDPOINT_URL:-}" ] || DINGDOCK_API_KEY=$REHEARSAL_KEY
export DINGDOCK_API_KEY
echo '{"kind":"custom-robot","accessToken":"simopsrobot","secret":"SECsimopsrobot"}' | dock destinations put ops --body - "${AT[@]}"

step "a message arrives"
dock send --to ops "the proof of $STAGE" "${AT[@]}"
curl -fsS "$SIMULATOR_URL/_sim/messages" >"$WORK/messages.json"
grep -q "the proof of $STAGE" "$WORK/messages.json"

step "a file and a task arrive"
dock share docs/simulator.png --to ops "${AT[@]}"
dock task 'look at the proof' --assign lisi "${AT[@]}"

step "twelve that wait leave room for delivery"
WAITING=
for n in $(seq 12); do dock send --to ops "waiting $n" "${AT[@]}" >/dev/null & WAITING+=" $!"; done
for each in $WAITING; do wait "$each"; done

step "callbacks are taken, and forged ones refused"
if live; then dock callback verify "${AT[@]}"; fi

step "the doctor finds nothing (but an address that has not agreed to alarms)"
if live; then dock doctor "${AT[@]}" --to ops || [ $? -eq 36 ]; fi

step "metrics are counted, and Lambda's own lines are not logged"
aws cloudwatch list-metrics --region "$REGION" --namespace dingdock --dimensions "Name=stage,Value=$STAGE" --output text >"$WORK/metrics.txt"
aws logs filter-log-events --region "$REGION" --log-group-name "/aws/lambda/dingdock-$STAGE-send-message" --output text >"$WORK/lines.txt"
if live; then grep -q . "$WORK/metrics.txt"; fi
if grep -q 'platform\.' "$WORK/lines.txt"; then echo "Lambda's own lines are in the log" >&2; exit 1; fi

step "an alarm rings (a mail comes, if its address has agreed)"
if [ -n "${ALARM_EMAIL:-}" ] && live; then
  aws cloudwatch set-alarm-state --region "$REGION" --alarm-name "dingdock-$STAGE-requests-failing" --state-value ALARM --state-reason 'the proof'
fi

step "restart, upgrade, and the way back"
dock restart "${AT[@]}"
dock upgrade "${AT[@]}" --yes
dock rollback "${AT[@]}" --dry-run

step "export and import"
dock export "$WORK/backup.json" "${AT[@]}"
dock import "$WORK/backup.json" "${AT[@]}" --yes

step "it is taken away"
dock remove "${AT[@]}" --yes
for name in "dingdock/$STAGE" "dingdock/$STAGE/keys"; do
  aws secretsmanager delete-secret --region "$REGION" --secret-id "$name" --force-delete-without-recovery >/dev/null
done

step "nothing is left"
LEFT=$(aws resourcegroupstaggingapi get-resources --region "$REGION" --tag-filters Key=project,Values=dingdock "Key=stage,Values=$STAGE" --query 'ResourceTagMappingList[].ResourceARN' --output text)
[ -z "$LEFT" ] || { printf 'left: %s\n' "$LEFT"; exit 1; }
printf '\nproof: %s steps, all done\n' "$STEPS"
