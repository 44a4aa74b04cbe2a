// The dashboards, each panel declared once: title, query, unit, legend and the question it answers.
// generate.mjs makes Grafana's JSON of them.

const chosen = 'deployment=~"$deployment"';
const rate = (metric, labels = '') => `rate(${metric}${labels && `{${labels}}`}[$__rate_interval])`;
const sum = (by, expression) => `sum by (${by}) (${expression})`;

const quantile = (q, by, labels = '') =>
  `histogram_quantile(${q}, ${sum(`le, ${by}`, rate('keyward_command_duration_seconds_bucket', labels))})`;
const meanTime = (by, labels = '') =>
  `${sum(by, rate('keyward_command_seconds_total', labels))} / (${sum(by, rate('keyward_commands_total', labels))} > 0)`;
const hitRatio = (by, labels = '') => {
  const hits = sum(by, rate('keyward_keyspace_hits_total', labels));
  const misses = sum(by, rate('keyward_keyspace_misses_total', labels));
  return `${hits} / (${hits} + ${misses} > 0)`;
};
const heapShare =
  'sum by (instance) (jvm_memory_used_bytes{area="heap"}) / sum by (instance) (jvm_memory_max_bytes{area="heap"} > 0)';
const memoryShare =
  'sum by (instance) (keyward_data_bytes) / on (instance) (sum by (instance) (keyward_maxmemory_bytes) > 0)';

// How a value is coloured: from which value on it is worth a look, and from which on it is bad.
const levels = (look, bad) => ({ look, bad });

const stat = (title, expr, unit, description, more = {}) =>
  ({ kind: 'stat', width: 4, height: 4, title, queries: [[expr, more.legend ?? '']], unit, description, ...more });
const graph = (title, expr, unit, legend, description, more = {}) =>
  ({ kind: 'timeseries', width: 8, height: 8, title, queries: [[expr, legend]], unit, description, ...more });
const bars = (title, expr, unit, legend, description, more = {}) =>
  ({ kind: 'bargauge', width: 8, height: 8, title, queries: [[expr, legend]], unit, description, ...more });

const perDeployment = { link: 'keyward-deployment' };
const top = (n, expr) => `topk(${n}, ${expr})`;
const errorShare = (by) =>
  `${sum(by, rate('keyward_errors_total'))} / (${sum(by, rate('keyward_commands_total'))} > 0)`;
const firing = 'ALERTS{alertname=~"Keyward.+", alertstate="firing"}';

const small = { width: 3 };
const five = { width: 6, height: 6, ...perDeployment };
const overview = {
  uid: 'keyward-overview',
  title: 'Keyward overview',
  variables: [],
  panels: [
    stat('Gateways up', 'sum(up{job="keyward"})', 'none', 'Gateways that answer Prometheus.', { ...small, noValue: 'none' }),
    stat('Alerts', `count(${firing}) or vector(0)`, 'none',
      'Alerts that are firing. What each means and what to do stands beside it in the list of alert rules.',
      { ...small, levels: levels(1, 3), help: ['What they mean, and what to do', '/alerting/list'] }),
    stat('Commands', `sum(${rate('keyward_commands_total')})`, 'ops', 'Commands of all deployments.', small),
    stat('p99', `histogram_quantile(0.99, ${sum('le', rate('keyward_command_duration_seconds_bucket'))})`, 's',
      'Time within which 99 of 100 commands were executed.', { ...small, levels: levels(0.001, 0.01) }),
    stat('Errors', `sum(${rate('keyward_errors_total')}) or vector(0)`, 'ops', 'Error replies of all deployments.',
      { ...small, levels: levels(1, 100) }),
    stat('Event loops busy', `max(${rate('keyward_event_loop_cpu_seconds_total')})`, 'percentunit',
      'The share of its time that the busiest event loop works.', { ...small, levels: levels(0.7, 0.9) }),
    stat('Memory limit used', memoryShare, 'percentunit', 'Data of all deployments as a share of maxmemory.',
      { ...small, levels: levels(0.8, 0.95), legend: '{{instance}}', noValue: 'no maxmemory' }),
    stat('Connections used', 'keyward_connections / keyward_connections_limit', 'percentunit',
      'Open connections as a share of maxclients.', { ...small, levels: levels(0.7, 0.9), legend: '{{instance}}' }),
    bars('Slow', top(5, quantile(0.99, 'deployment')), 's', '{{deployment}}',
      'Whose commands take longest: time within which 99 of 100 were executed.', { ...five, levels: levels(0.001, 0.01) }),
    bars('Big', top(5, sum('deployment', 'keyward_data_bytes')), 'bytes', '{{deployment}}', 'Whose data takes most memory.', five),
    bars('Noisy', top(5, sum('deployment', rate('keyward_command_seconds_total'))), 'percentunit', '{{deployment}}',
      'Whose commands take most of an event loop.', { ...five, levels: levels(0.3, 0.7) }),
    bars('Broken', top(5, errorShare('deployment')), 'percentunit', '{{deployment}}',
      'Of whose replies most are errors.', { ...five, levels: levels(0.01, 0.05), noValue: 'nobody has had an error' }),
    graph('Commands by deployment', sum('deployment', rate('keyward_commands_total')), 'ops', '{{deployment}}',
      'Who is busy.', perDeployment),
    graph('p99 by deployment', quantile(0.99, 'deployment'), 's', '{{deployment}}',
      'Who is slow: time within which 99 of 100 commands were executed.', { ...perDeployment, levels: levels(0.001, 0.01) }),
    graph('Errors by deployment', sum('deployment', rate('keyward_errors_total')), 'ops', '{{deployment}}',
      'Who gets errors.', perDeployment),
    graph('Data by deployment', sum('deployment', 'keyward_data_bytes'), 'bytes', '{{deployment}}', 'Who is big.', perDeployment),
    graph('Hit ratio by deployment', hitRatio('deployment'), 'percentunit', '{{deployment}}',
      'The share of look-ups that found their key.', perDeployment),
    graph('Evictions by deployment', sum('deployment', rate('keyward_evicted_keys_total')), 'ops', '{{deployment}}',
      'Whose keys are removed to keep within maxmemory.', perDeployment),
    graph('Clients by deployment', sum('deployment', 'keyward_clients'), 'none', '{{deployment}}', 'Who has how many connections.', perDeployment),
    graph('Bytes received', sum('deployment', rate('keyward_received_bytes_total')), 'Bps', '{{deployment}}', 'Who sends how much.', perDeployment),
    graph('Bytes sent', sum('deployment', rate('keyward_sent_bytes_total')), 'Bps', '{{deployment}}', 'Who is sent how much.', perDeployment),
  ],
};

const deployment = {
  uid: 'keyward-deployment',
  title: 'Keyward: one deployment',
  variables: ['deployment'],
  panels: [
    stat('Commands', `sum(${rate('keyward_commands_total', chosen)})`, 'ops', 'Commands executed.'),
    stat('p99', `histogram_quantile(0.99, ${sum('le', rate('keyward_command_duration_seconds_bucket', chosen))})`, 's',
      'Time within which 99 of 100 commands were executed.', { levels: levels(0.001, 0.01) }),
    stat('Hit ratio', `sum(${rate('keyward_keyspace_hits_total', chosen)}) / (sum(${rate('keyward_keyspace_hits_total', chosen)}) + sum(${rate('keyward_keyspace_misses_total', chosen)}) > 0)`,
      'percentunit', 'The share of look-ups that found their key.'),
    stat('Keys', `sum(keyward_keys{${chosen}})`, 'short', 'Keys in all databases.'),
    stat('Data', `sum(keyward_data_bytes{${chosen}})`, 'bytes', 'Bytes that the data takes in memory.'),
    stat('Clients', `sum(keyward_clients{${chosen}})`, 'none', 'Connections.'),
    graph('Commands by family', sum('family', rate('keyward_commands_total', chosen)), 'ops', '{{family}}', 'What it does.'),
    graph('p99 by family', quantile(0.99, 'family', chosen), 's', '{{family}}', 'What takes long.', { levels: levels(0.001, 0.01) }),
    graph('Mean time by family', meanTime('family', chosen), 's', '{{family}}', 'Time spent in commands divided by their number.'),
    graph('Time in commands', sum('family', rate('keyward_command_seconds_total', chosen)), 'percentunit', '{{family}}',
      'The share of one event loop that its commands take.', { levels: levels(0.5, 0.8) }),
    graph('Errors by kind', sum('kind', rate('keyward_errors_total', chosen)), 'ops', '{{kind}}', 'The first word of error replies.'),
    graph('Slow commands', sum('deployment', rate('keyward_slow_commands_total', chosen)), 'ops', '{{deployment}}',
      'Commands beyond slowlog-log-slower-than; SLOWLOG GET tells which.'),
    graph('Keys that went', sum('deployment', rate('keyward_expired_keys_total', chosen)), 'ops', 'expired, {{deployment}}',
      'Keys whose time was up, and keys removed to keep within maxmemory.',
      { also: [[sum('deployment', rate('keyward_evicted_keys_total', chosen)), 'evicted, {{deployment}}']] }),
    graph('Traffic', sum('deployment', rate('keyward_received_bytes_total', chosen)), 'Bps', 'received, {{deployment}}', 'Bytes from and to clients.',
      { also: [[sum('deployment', rate('keyward_sent_bytes_total', chosen)), 'sent, {{deployment}}']] }),
    graph('Data by type', sum('type', `keyward_type_bytes{${chosen}}`), 'bytes', '{{type}}', 'What takes the memory.'),
    graph('Keys by type', sum('type', `keyward_type_keys{${chosen}}`), 'short', '{{type}}', 'What it holds.'),
    graph('Pinned namespaces', sum('deployment', `keyward_pinned_bytes{${chosen}}`), 'bytes', '{{deployment}}',
      'What is never evicted for others and stands in no file.'),
    graph('Memory of clients', sum('deployment', `keyward_client_bytes{${chosen}}`), 'bytes', '{{deployment}}',
      'Unread input, unsent output, transactions and subscriptions of its clients.'),
    graph('Waiting clients', sum('deployment', `keyward_blocked_clients{${chosen}}`), 'none', '{{deployment}}', 'Clients that wait for keys.'),
    graph('Messages', sum('deployment', rate('keyward_messages_published_total', chosen)), 'ops', 'published, {{deployment}}',
      'Messages published, and the copies that went to subscribers.',
      { also: [[sum('deployment', rate('keyward_messages_delivered_total', chosen)), 'delivered, {{deployment}}']] }),
    graph('Channels and subscriptions', sum('deployment', `keyward_pubsub_channels{${chosen}}`), 'none', 'channels, {{deployment}}', 'Who listens.',
      { also: [[sum('deployment', `keyward_pubsub_subscriptions{${chosen}}`), 'subscriptions, {{deployment}}']] }),
    graph('Scripts known', sum('deployment', `keyward_cached_scripts{${chosen}}`), 'none', '{{deployment}}',
      'Scripts known by digest; one that grows without end sends texts with values in them instead of ARGV.'),
    graph('Refused by limits', sum('limit', rate('keyward_limit_refusals_total', chosen)), 'ops', '{{limit}}',
      'Requests that were refused because a limit was reached, by the limit.'),
    graph('Slowed by limits', sum('deployment', rate('keyward_slowed_seconds_total', chosen)), 's', '{{deployment}}',
      'Seconds that its clients have waited in each second, all together, because of commands-per-second or bytes-per-second.'),
    graph('Time in scripts', sum('deployment', rate('keyward_script_seconds_total', chosen)), 'percentunit', '{{deployment}}',
      'The share of one event loop that its scripts and functions take, with the commands that they call.'),
    graph('Scripts stopped', sum('deployment', rate('keyward_stopped_scripts_total', chosen)), 'ops', '{{deployment}}',
      'Scripts that were killed, or ended because they took too long or too much memory.'),
  ],
};

const side = (name) => `deployment="$${name}"`;
const both = (title, expr, unit, description, more = {}) =>
  graph(title, expr(side('blue')), unit, 'blue: {{deployment}}', description,
    { width: 12, also: [[expr(side('green')), 'green: {{deployment}}']], ...more });
const blueGreen = {
  uid: 'keyward-blue-green',
  title: 'Keyward: blue and green',
  variables: ['blue', 'green'],
  panels: [
    both('Commands', (l) => sum('deployment', rate('keyward_commands_total', l)), 'ops', 'How much traffic has moved over.'),
    both('Clients', (l) => sum('deployment', `keyward_clients{${l}}`), 'none', 'How many connections have moved over.'),
    both('p99', (l) => quantile(0.99, 'deployment', l), 's', 'Whether the new one is slower.', { levels: levels(0.001, 0.01) }),
    both('Errors', (l) => sum('deployment', rate('keyward_errors_total', l)), 'ops', 'Whether the new one gets errors.'),
    both('Hit ratio', (l) => hitRatio('deployment', l), 'percentunit', 'How warm the new one is.'),
    both('Keys', (l) => sum('deployment', `keyward_keys{${l}}`), 'short', 'How much the new one holds by now.'),
    both('Data', (l) => sum('deployment', `keyward_data_bytes{${l}}`), 'bytes', 'Bytes that the data takes in memory.'),
    both('Evictions', (l) => sum('deployment', rate('keyward_evicted_keys_total', l)), 'ops', 'Whether both together are too big.'),
  ],
};

const top10 = (expr) => top(10, expr);
const share = (by, expr) => `${sum(by, expr)} / ignoring (deployment) group_left sum without (deployment) (${sum(by, expr)})`;
const neighbours = {
  uid: 'keyward-neighbours',
  title: 'Keyward: noisy neighbours',
  variables: [],
  panels: [
    bars('Share of command time', top10(share('instance, deployment', rate('keyward_command_seconds_total'))), 'percentunit', '{{deployment}}',
      'Who takes the event loops: its share of the time in commands.', { ...perDeployment, levels: levels(0.5, 0.8) }),
    bars('Share of data', top10(share('instance, deployment', 'keyward_data_bytes')), 'percentunit', '{{deployment}}',
      'Who takes the memory.', { ...perDeployment, levels: levels(0.5, 0.8) }),
    bars('Share of traffic', top10(share('instance, deployment',
      `${rate('keyward_received_bytes_total')} + ${rate('keyward_sent_bytes_total')}`)), 'percentunit', '{{deployment}}',
      'Who takes the network.', { ...perDeployment, levels: levels(0.5, 0.8) }),
    bars('Longest mean time', top10(meanTime('deployment')), 's', '{{deployment}}',
      'Who sends expensive commands.', { ...perDeployment, levels: levels(0.0005, 0.005) }),
    bars('Slow commands', top10(sum('deployment', rate('keyward_slow_commands_total'))), 'ops', '{{deployment}}',
      'Who holds others up: commands beyond slowlog-log-slower-than.', { ...perDeployment, levels: levels(0.1, 1) }),
    bars('Errors', top10(sum('deployment', rate('keyward_errors_total'))), 'ops', '{{deployment}}', 'Who does something wrong.',
      { ...perDeployment, levels: levels(1, 100) }),
    graph('Time in commands', sum('deployment', rate('keyward_command_seconds_total')), 'percentunit', '{{deployment}}',
      'The share of one event loop that each deployment takes.', { width: 12, ...perDeployment }),
    graph('Event loop lag', 'sum by (instance, loop) (rate(keyward_event_loop_lag_seconds_sum[$__rate_interval])) / sum by (instance, loop) (rate(keyward_event_loop_lag_seconds_count[$__rate_interval]) > 0)',
      's', 'loop {{loop}}', 'What the neighbours feel of it: how long a due task waits.', { width: 12, levels: levels(0.002, 0.02) }),
    graph('Clients', sum('deployment', 'keyward_clients'), 'none', '{{deployment}}', 'Who holds how many connections.', { width: 12, ...perDeployment }),
    graph('Keys evicted', sum('deployment', rate('keyward_evicted_keys_total')), 'ops', '{{deployment}}', 'Who loses keys to the others.', { width: 12, ...perDeployment }),
  ],
};

const ofStreams = 'family="stream", deployment=~"$deployment"';
const streams = {
  uid: 'keyward-streams',
  title: 'Keyward: streams',
  variables: ['deployment'],
  panels: [
    stat('Streams', `sum(keyward_streams{${chosen}})`, 'short', 'Streams.'),
    stat('Entries', `sum(keyward_stream_entries{${chosen}})`, 'short', 'Entries of all streams.'),
    stat('Stream commands', `sum(${rate('keyward_commands_total', ofStreams)})`, 'ops', 'XADD, XREAD, XREADGROUP, XACK and their kin.'),
    stat('Waiting clients', `sum(keyward_blocked_clients{${chosen}})`, 'none', 'Clients that wait for entries, or for other keys.'),
    stat('Live streams', `sum(keyward_live_streams{${chosen}})`, 'short', 'Streams to which something was added within a minute.'),
    stat('Bytes', `sum(keyward_type_bytes{type="stream", ${chosen}})`, 'bytes', 'Bytes of all streams.'),
    graph('Entries by deployment', sum('deployment', `keyward_stream_entries{${chosen}}`), 'short', '{{deployment}}',
      'A line that only rises belongs to streams that nobody trims (XADD MAXLEN, XTRIM).', { width: 12 }),
    graph('Stream commands', sum('deployment', rate('keyward_commands_total', ofStreams)), 'ops', '{{deployment}}', 'Who uses streams.', { width: 12 }),
    graph('p99 of stream commands', quantile(0.99, 'deployment', ofStreams), 's', '{{deployment}}', 'Long ranges and big trims show here.',
      { width: 12, levels: levels(0.001, 0.01) }),
    graph('Streams', sum('deployment', `keyward_streams{${chosen}}`), 'short', '{{deployment}}', 'How many streams each deployment has.', { width: 12 }),
    graph('Oldest entry', sum('deployment', `keyward_oldest_stream_entry_age_seconds{${chosen}}`), 's', '{{deployment}}',
      'A line that only rises belongs to a stream that nobody deletes: the job that wrote it has died without an expiry.', { width: 12 }),
    graph('Longest stream', sum('deployment', `keyward_longest_stream_entries{${chosen}}`), 'short', '{{deployment}}',
      'The entries of the longest stream.', { width: 12 }),
  ],
};

const machine = {
  uid: 'keyward-jvm',
  title: 'Keyward: JVM and event loops',
  variables: [],
  panels: [
    stat('Uptime', 'keyward_uptime_seconds', 's', 'Time since the start.'),
    stat('Deployments', 'sum(keyward_deployments)', 'none', 'Deployments that there are.'),
    stat('Version', 'keyward_build_info', 'none', 'What is running.', { legend: '{{version}}', name: true }),
    stat('Heap used', heapShare, 'percentunit', 'The heap in use as a share of its limit.', { levels: levels(0.8, 0.95) }),
    stat('Stalled', 'max(keyward_event_loop_stalled_seconds)', 's', 'How long the most held-up event loop has been held up.', { levels: levels(0.1, 1) }),
    stat('Failed logins', `sum(${rate('keyward_failed_logins_total')})`, 'ops', 'Logins with a wrong name or password.', { levels: levels(0.1, 1) }),
    graph('Event loop busy', sum('instance, loop', rate('keyward_event_loop_cpu_seconds_total')), 'percentunit', 'loop {{loop}}',
      'The share of its time that each event loop works.', { levels: levels(0.7, 0.9) }),
    graph('Event loop lag, mean', 'sum by (instance, loop) (rate(keyward_event_loop_lag_seconds_sum[$__rate_interval])) / sum by (instance, loop) (rate(keyward_event_loop_lag_seconds_count[$__rate_interval]) > 0)',
      's', 'loop {{loop}}', 'How long a due task waits.', { levels: levels(0.002, 0.02) }),
    graph('Event loop lag, worst', 'keyward_event_loop_lag_seconds_max', 's', 'loop {{loop}}', 'The longest wait of late.', { levels: levels(0.01, 0.1) }),
    graph('Hops between loops', `sum by (instance) (${rate('keyward_loop_hops_total')})`, 'ops', '{{instance}}',
      'Reads whose socket lives on another loop than the data.'),
    graph('Heap', 'sum by (instance, id) (jvm_memory_used_bytes{area="heap"})', 'bytes', '{{id}}', 'The heap in use.'),
    graph('Pages', 'keyward_page_bytes', 'bytes', 'pages', 'Pages of entries, and what of them is in use: the difference is what churn has left.',
      { also: [['keyward_page_used_bytes', 'in use']] }),
    graph('Direct memory', 'keyward_network_direct_bytes', 'bytes', 'network buffers', 'Memory beside the heap.'),
    graph('Pauses of the collector', 'sum by (instance, action) (rate(jvm_gc_pause_seconds_sum[$__rate_interval]))', 'percentunit', '{{action}}',
      'The share of time in which everything stands still.', { levels: levels(0.01, 0.05) }),
    graph('Processor', 'process_cpu_usage', 'percentunit', 'process', 'The share of the machine that the process and all programs take.',
      { also: [['system_cpu_usage', 'machine']] }),
    graph('Connections', 'keyward_connections', 'none', 'open', 'Open connections, and those accepted and refused each second.',
      { also: [[rate('keyward_connections_accepted_total'), 'accepted'], [rate('keyward_connections_rejected_total'), 'refused']] }),
    graph('Clients closed', rate('keyward_output_limit_closes_total'), 'ops', 'do not read', 'Clients closed because they do not take their output, send too much, or send nonsense.',
      { also: [[rate('keyward_input_limit_closes_total'), 'send too much'], [rate('keyward_protocol_errors_total'), 'malformed']] }),
    graph('Disk: fsync, p99', `histogram_quantile(0.99, ${sum('instance, le', rate('keyward_aof_fsync_seconds_bucket'))})`, 's', '{{instance}}',
      'How long the disk takes to keep the append-only file; with appendfsync always every write waits for it.', { levels: levels(0.02, 0.5) }),
    graph('Append-only file', 'keyward_aof_bytes', 'bytes', 'files', 'What a restart has to read, and what still waits to be written.',
      { also: [['keyward_aof_waiting_bytes', 'waiting']] }),
    graph('Changes not in a snapshot', 'keyward_rdb_unsaved_changes', 'short', '{{instance}}', 'What would be lost without an append-only file.'),
    graph('Replicas', 'keyward_replicas', 'none', 'replicas', 'Redis servers that follow, and how many bytes the last of them has not acknowledged.',
      { also: [['keyward_replica_lag_bytes', 'bytes behind']] }),
    graph('TLS handshakes', rate('keyward_tls_handshakes_total'), 'ops', 'succeeded', 'Each costs about a millisecond of processor time.',
      { also: [[rate('keyward_tls_handshake_failures_total'), 'failed']] }),
  ],
};

export default [overview, deployment, blueGreen, neighbours, streams, machine];
