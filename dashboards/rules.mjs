// Recording and alert rules. Each alert says what it means and what to do, and carries the series
// that make it fire, of which its promtool test is made.

const recorded = [
  ['keyward:commands:rate1m', 'sum by (instance, deployment) (rate(keyward_commands_total[1m]))'],
  ['keyward:errors:rate1m', 'sum by (instance, deployment) (rate(keyward_errors_total[1m]))'],
  ['keyward:command_seconds:rate1m', 'sum by (instance, deployment) (rate(keyward_command_seconds_total[1m]))'],
  ['keyward:command_duration_seconds:p99_1m',
    'histogram_quantile(0.99, sum by (instance, deployment, le) (rate(keyward_command_duration_seconds_bucket[1m])))'],
  ['keyward:hits:ratio1m',
    'sum by (instance, deployment) (rate(keyward_keyspace_hits_total[1m])) / (sum by (instance, deployment) (rate(keyward_keyspace_hits_total[1m])) + sum by (instance, deployment) (rate(keyward_keyspace_misses_total[1m])) > 0)'],
];

const D = 'instance="i",deployment="blue"';
const blue = { instance: 'i', deployment: 'blue' };
const one = { instance: 'i' };
const loop = { instance: 'i', loop: '0' };

const alerts = [
  { alert: 'KeywardDown', expr: 'up{job="keyward"} == 0', wait: '1m', severity: 'critical',
    summary: 'A gateway does not answer', meaning: 'Prometheus cannot reach the admin port: the process is gone, stuck, or the network is.',
    action: 'Look whether the process runs and what its log ends with; start it again with gateway/run.',
    series: ['up{job="keyward",instance="i"} 0x20'], labels: { ...one, job: 'keyward' } },
  { alert: 'KeywardNotReady', expr: 'keyward_ready == 0', wait: '5m', severity: 'warning',
    summary: 'A gateway has served nobody for minutes', meaning: 'It is loading its data, or it is stopping and waits for clients that do not read their answers.',
    action: '/readyz says which. INFO persistence tells how far the loading has come; to a stop that hangs, lower shutdown-timeout, or end the process.',
    series: ['keyward_ready{instance="i"} 0x20'], labels: one },
  { alert: 'KeywardEventLoopStalled', expr: 'keyward_event_loop_stalled_seconds > 1', wait: '0s', severity: 'critical',
    summary: 'An event loop is held up', meaning: 'One command, script or collection runs for seconds, and every client of that loop waits for it.',
    action: 'SLOWLOG GET and LATENCY LATEST of the busiest deployment name the command; the dashboard of noisy neighbours names the deployment.',
    series: ['keyward_event_loop_stalled_seconds{instance="i",loop="0"} 3x20'], labels: loop },
  { alert: 'KeywardEventLoopSlow',
    expr: 'rate(keyward_event_loop_lag_seconds_sum[5m]) / (rate(keyward_event_loop_lag_seconds_count[5m]) > 0) > 0.02', wait: '5m', severity: 'warning',
    summary: 'Requests wait for an event loop', meaning: 'A task that is due waits more than 20 ms on average, and so does every request.',
    action: 'See on the dashboard of noisy neighbours who takes the time; move that deployment, limit it, or add event loops and cores.',
    series: ['keyward_event_loop_lag_seconds_sum{instance="i",loop="0"} 0+15x20', 'keyward_event_loop_lag_seconds_count{instance="i",loop="0"} 0+300x20'], labels: loop },
  { alert: 'KeywardEventLoopBusy', expr: 'rate(keyward_event_loop_cpu_seconds_total[5m]) > 0.9', wait: '5m', severity: 'warning',
    summary: 'An event loop is at its limit', meaning: 'It works more than nine tenths of the time; the next deployment or load makes everything slow.',
    action: 'Give the gateway more event loops and cores, or move deployments to another gateway.',
    series: ['keyward_event_loop_cpu_seconds_total{instance="i",loop="0"} 0+58x20'], labels: loop },
  { alert: 'KeywardMemoryNearlyFull',
    expr: 'sum by (instance) (keyward_data_bytes) / on (instance) (sum by (instance) (keyward_maxmemory_bytes) > 0) > 0.9', wait: '5m', severity: 'warning',
    summary: 'The data nearly fills maxmemory', meaning: 'Soon keys are evicted, or writes are refused if the policy is noeviction.',
    action: 'See on the overview who grew; trim it, give keys a time to live, or raise maxmemory.',
    series: [`keyward_data_bytes{${D}} 95x20`, 'keyward_maxmemory_bytes{instance="i"} 100x20'], labels: one },
  { alert: 'KeywardEvictions', expr: 'sum by (instance, deployment) (rate(keyward_evicted_keys_total[5m])) > 0', wait: '10m', severity: 'warning',
    summary: 'Keys of {deployment} are evicted', meaning: 'All data together is larger than maxmemory, so keys go that may still be wanted.',
    action: 'Raise maxmemory, or find on the overview which deployment grew; pin what must stay.',
    series: [`keyward_evicted_keys_total{${D}} 0+60x30`], labels: blue, at: '25m' },
  { alert: 'KeywardQuotaNearlyFull',
    expr: 'keyward_data_bytes / (keyward_data_limit_bytes > 0) > 0.9', wait: '5m', severity: 'warning',
    summary: '{deployment} nearly fills its memory limit', meaning: 'Soon its own keys are evicted, or its writes refused if the policy is noeviction; others are not touched.',
    action: 'Give its keys a time to live, or raise limits.memory of the deployment or its tenant.',
    series: [`keyward_data_bytes{${D}} 95x20`, `keyward_data_limit_bytes{${D}} 100x20`], labels: blue },
  { alert: 'KeywardLimitReached', expr: 'sum by (instance, deployment, limit) (rate(keyward_limit_refusals_total[5m])) > 0', wait: '5m', severity: 'warning',
    summary: '{deployment} is refused what is beyond its limits', meaning: 'Its clients have got LIMIT errors for minutes: there are more of them, or of what they do, than was agreed.',
    action: 'INFO limits in that deployment tells which limits and what is used; raise the one that is named, or let the application do less.',
    series: [`keyward_limit_refusals_total{${D},limit="keys"} 0+10x20`], labels: { ...blue, limit: 'keys' } },
  { alert: 'KeywardScriptsStopped', expr: 'sum by (instance, deployment) (rate(keyward_stopped_scripts_total[5m])) > 0', wait: '0s', severity: 'warning',
    summary: 'Scripts of {deployment} are stopped', meaning: 'They run too long, hold too much memory, or somebody kills them; what they had written stays.',
    action: 'SLOWLOG GET in that deployment shows the scripts; divide their work, or raise script-time-limit or script-memory-limit.',
    series: [`keyward_stopped_scripts_total{${D}} 0+1x20`], labels: blue },
  { alert: 'KeywardAppendOnlyFileFails', expr: 'keyward_aof_ok == 0', wait: '0s', severity: 'critical',
    summary: 'The append-only file cannot be written', meaning: 'The disk is full or broken; writes are refused until it takes the file again.',
    action: 'The log names the reason. Make room on the disk, or CONFIG SET appendonly no to go on without.',
    series: ['keyward_aof_ok{instance="i"} 0x20'], labels: one },
  { alert: 'KeywardDiskSlow',
    expr: 'histogram_quantile(0.99, sum by (instance, le) (rate(keyward_aof_fsync_seconds_bucket[5m]))) > 0.5', wait: '5m', severity: 'warning',
    summary: 'The disk is slow', meaning: 'An fsync in a hundred takes more than half a second: with appendfsync always every write waits for it, with everysec more is at risk.',
    action: 'See what else uses the disk; move dir to a quicker one.',
    series: ['keyward_aof_fsync_seconds_bucket{instance="i",le="0.524288"} 0+10x20', 'keyward_aof_fsync_seconds_bucket{instance="i",le="1.048576"} 0+60x20',
      'keyward_aof_fsync_seconds_bucket{instance="i",le="+Inf"} 0+60x20'], labels: one },
  { alert: 'KeywardSnapshotFails', expr: 'keyward_rdb_last_save_ok == 0', wait: '0s', severity: 'critical',
    summary: 'The last snapshot failed', meaning: 'What has changed since the one before is in no snapshot; writes are refused unless stop-writes-on-bgsave-error is no.',
    action: 'The log names the reason: mostly the disk is full. Then BGSAVE.',
    series: ['keyward_rdb_last_save_ok{instance="i"} 0x20'], labels: one },
  { alert: 'KeywardDeploymentSlow',
    expr: 'histogram_quantile(0.99, sum by (instance, deployment, le) (rate(keyward_command_duration_seconds_bucket[5m]))) > 0.01', wait: '5m', severity: 'warning',
    summary: 'Commands of {deployment} are slow', meaning: 'One in a hundred takes more than 10 ms in the gateway itself: big values, KEYS, long ranges, slow scripts.',
    action: 'SLOWLOG GET in that deployment names them; its dashboard shows the family of commands.',
    series: [`keyward_command_duration_seconds_bucket{${D},family="string",le="0.008388608"} 0+50x20`,
      `keyward_command_duration_seconds_bucket{${D},family="string",le="0.067108864"} 0+100x20`,
      `keyward_command_duration_seconds_bucket{${D},family="string",le="+Inf"} 0+100x20`], labels: blue },
  { alert: 'KeywardErrors',
    expr: 'sum by (instance, deployment) (rate(keyward_errors_total[5m])) / (sum by (instance, deployment) (rate(keyward_commands_total[5m])) > 0) > 0.05', wait: '5m', severity: 'warning',
    summary: '{deployment} gets errors', meaning: 'More than one reply in twenty is an error.',
    action: 'Its dashboard shows the kinds: WRONGTYPE and ERR are faults of the application, OOM is maxmemory, NOPERM its rights.',
    series: [`keyward_errors_total{${D},kind="ERR"} 0+10x20`, `keyward_commands_total{${D},family="string"} 0+100x20`], labels: blue },
  { alert: 'KeywardNoisyNeighbour',
    expr: 'sum by (instance, deployment) (rate(keyward_command_seconds_total[5m])) > 0.7 and on (instance) count by (instance) (keyward_keys) > 1', wait: '5m', severity: 'warning',
    summary: '{deployment} takes an event loop for itself', meaning: 'Its commands take more than seven tenths of one event loop, and its neighbours wait behind them.',
    action: 'Its dashboard shows which family of commands; talk to its owner, limit it, or give it a gateway of its own.',
    series: [`keyward_command_seconds_total{${D},family="string"} 0+48x20`, `keyward_keys{${D}} 1x20`, 'keyward_keys{instance="i",deployment="green"} 1x20'], labels: blue },
  { alert: 'KeywardConnectionsNearlyFull', expr: 'keyward_connections / keyward_connections_limit > 0.9', wait: '1m', severity: 'critical',
    summary: 'Few connections are left', meaning: 'Beyond maxclients new connections are refused.',
    action: 'See on the overview which deployment has so many; mend its pool, set timeout, or raise maxclients.',
    series: ['keyward_connections{instance="i"} 95x20', 'keyward_connections_limit{instance="i"} 100x20'], labels: one },
  { alert: 'KeywardConnectionsRefused', expr: 'rate(keyward_connections_rejected_total[5m]) > 0', wait: '0s', severity: 'critical',
    summary: 'Connections are refused', meaning: 'There are as many as maxclients, or somebody comes from outside while protected mode is on.',
    action: 'Raise maxclients, set timeout for idle clients, or set a password.',
    series: ['keyward_connections_rejected_total{instance="i"} 0+10x20'], labels: one },
  { alert: 'KeywardFailedLogins', expr: 'rate(keyward_failed_logins_total[5m]) > 0.5', wait: '5m', severity: 'warning',
    summary: 'Logins fail', meaning: 'An application has an old password, or somebody guesses.',
    action: 'ACL LOG and the log name the addresses; change the secret in the application, or shut the address out.',
    series: ['keyward_failed_logins_total{instance="i"} 0+60x20'], labels: one },
  { alert: 'KeywardSlowReaders', expr: 'rate(keyward_output_limit_closes_total[5m]) > 0', wait: '0s', severity: 'warning',
    summary: 'Clients are cut off because they do not read', meaning: 'Their unsent output outgrew client-output-buffer-limit; they lose messages.',
    action: 'Find the subscriber that is too slow in the log, or raise client-output-buffer-limit.',
    series: ['keyward_output_limit_closes_total{instance="i"} 0+1x20'], labels: one },
  { alert: 'KeywardGarbageCollection', expr: 'sum by (instance) (rate(jvm_gc_pause_seconds_sum[5m])) > 0.05', wait: '5m', severity: 'warning',
    summary: 'The garbage collector takes its share', meaning: 'Everything stands still for more than a twentieth of the time: the heap is too small for the data.',
    action: 'Raise -Xmx in KEYWARD_JAVA_OPTS, or lower maxmemory.',
    series: ['jvm_gc_pause_seconds_sum{instance="i",action="end of minor GC"} 0+6x20'], labels: one },
  { alert: 'KeywardHeapNearlyFull',
    expr: 'sum by (instance) (jvm_memory_used_bytes{area="heap"}) / sum by (instance) (jvm_memory_max_bytes{area="heap"} > 0) > 0.95', wait: '10m', severity: 'critical',
    summary: 'The heap is nearly full', meaning: 'The process ends when nothing is left of it.',
    action: 'Raise -Xmx in KEYWARD_JAVA_OPTS, or set or lower maxmemory.',
    series: ['jvm_memory_used_bytes{instance="i",area="heap",id="h"} 97x30', 'jvm_memory_max_bytes{instance="i",area="heap",id="h"} 100x30'], labels: one, at: '25m' },
];

const text = (string) => `'${string.replaceAll("'", "''")}'`;
const templated = (string, value) => string.replaceAll('{deployment}', value);

export function rules() {
  const lines = ['# Made by generate.mjs from rules.mjs.', 'groups:', '  - name: keyward-recorded', '    rules:'];
  for (const [record, expr] of recorded) {
    lines.push(`      - record: ${record}`, `        expr: ${text(expr)}`);
  }
  lines.push('  - name: keyward-alerts', '    rules:');
  for (const rule of alerts) {
    lines.push(`      - alert: ${rule.alert}`, `        expr: ${text(rule.expr)}`, `        for: ${rule.wait}`,
      '        labels:', `          severity: ${rule.severity}`, '        annotations:',
      `          summary: ${text(templated(rule.summary, '{{ $labels.deployment }}'))}`,
      `          description: ${text(rule.meaning)}`, `          action: ${text(rule.action)}`);
  }
  return `${lines.join('\n')}\n`;
}

export function ruleTests() {
  const lines = ['# Made by generate.mjs from rules.mjs: each alert fires, and is silent without its series.',
    'rule_files:', '  - rules.yml', 'evaluation_interval: 1m', 'tests:'];
  for (const rule of alerts) {
    lines.push('  - interval: 1m', `    name: ${rule.alert}`, '    input_series:');
    for (const line of rule.series) {
      const at = line.lastIndexOf(' ');
      lines.push(`      - series: ${text(line.slice(0, at))}`, `        values: ${text(line.slice(at + 1))}`);
    }
    lines.push('    alert_rule_test:', `      - eval_time: ${rule.at ?? '15m'}`, `        alertname: ${rule.alert}`,
      '        exp_alerts:', '          - exp_labels:', `              severity: ${rule.severity}`);
    for (const [name, value] of Object.entries(rule.labels)) {
      lines.push(`              ${name}: ${text(value)}`);
    }
    lines.push('            exp_annotations:',
      `              summary: ${text(templated(rule.summary, rule.labels.deployment ?? ''))}`,
      `              description: ${text(rule.meaning)}`, `              action: ${text(rule.action)}`,
      `      - eval_time: 2h`, `        alertname: ${rule.alert}`, '        exp_alerts: []');
  }
  return `${lines.join('\n')}\n`;
}
