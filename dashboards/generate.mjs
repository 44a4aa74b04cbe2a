// Writes what Grafana and Prometheus read: grafana/*.json, prometheus/rules.yml and its tests.
//   node dashboards/generate.mjs           writes the files
//   node dashboards/generate.mjs --check   says which of them are not current, and fails if any is
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import dashboards from './dashboards.mjs';
import { rules, ruleTests } from './rules.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const COLUMNS = 24;
const source = { type: 'prometheus', uid: '${source}' };

const steps = (levels) => levels
  ? [{ color: 'green', value: null }, { color: 'yellow', value: levels.look }, { color: 'red', value: levels.bad }]
  : [{ color: 'green', value: null }];

function options(panel) {
  switch (panel.kind) {
    case 'stat':
      return {
        reduceOptions: { calcs: ['lastNotNull'], values: false }, orientation: 'auto', colorMode: 'value',
        graphMode: 'area', justifyMode: 'auto', textMode: panel.name ? 'name' : 'auto', wideLayout: true,
        showPercentChange: false, percentChangeColorMode: 'standard',
      };
    case 'bargauge':
      return {
        reduceOptions: { calcs: ['lastNotNull'], values: false }, orientation: 'horizontal', displayMode: 'gradient',
        valueMode: 'color', namePlacement: 'auto', showUnfilled: true, sizing: 'auto', minVizWidth: 8, minVizHeight: 16,
        maxVizHeight: 300, legend: { showLegend: false, displayMode: 'list', placement: 'bottom', calcs: [] },
      };
    default:
      return {
        legend: { showLegend: true, displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
  }
}

// Bars show who is first now, in the order in which Prometheus sorts them; a range would bring along whoever was first once.
const moment = (panel) => panel.kind === 'bargauge' ? { instant: true, range: false } : { range: true };

const detail = (uid) => ({
  title: 'This deployment', url: `/d/${uid}?var-deployment=\${__field.labels.deployment}&\${__url_time_range}`, targetBlank: false,
});

function json(panel, id, gridPos) {
  const queries = [...panel.queries, ...(panel.also ?? [])];
  return {
    id, type: panel.kind, title: panel.title, description: panel.description, datasource: source, gridPos,
    fieldConfig: {
      defaults: {
        unit: panel.unit, min: 0, color: { mode: panel.kind === 'timeseries' ? 'palette-classic' : 'thresholds' },
        thresholds: { mode: 'absolute', steps: steps(panel.levels) },
        links: panel.link ? [detail(panel.link)] : panel.help ? [{ title: panel.help[0], url: panel.help[1], targetBlank: false }] : [],
        ...(panel.noValue ? { noValue: panel.noValue } : {}),
        custom: panel.kind === 'timeseries'
          ? { lineWidth: 1, fillOpacity: 10, showPoints: 'never', thresholdsStyle: { mode: panel.levels ? 'dashed' : 'off' } }
          : {},
      },
      overrides: [],
    },
    options: options(panel),
    targets: queries.map(([expr, legend], at) =>
      ({ refId: String.fromCharCode(65 + at), datasource: source, expr, legendFormat: legend || '__auto', ...moment(panel) })),
  };
}

function placed(panels) {
  let x = 0, y = 0, rowHeight = 0;
  return panels.map((panel, at) => {
    if (x + panel.width > COLUMNS || (x > 0 && panel.height !== rowHeight)) {
      x = 0;
      y += rowHeight;
    }
    rowHeight = panel.height;
    const made = json(panel, at + 1, { x, y, w: panel.width, h: panel.height });
    x += panel.width;
    return made;
  });
}

const variable = (name) => ({
  name, label: name[0].toUpperCase() + name.slice(1), type: 'query', datasource: source,
  query: { query: 'label_values(keyward_keys, deployment)', refId: 'deployments' }, refresh: 2,
  // So that blue and green do not both begin with the first one.
  sort: name === 'green' ? 2 : 1,
  multi: name === 'deployment', includeAll: name === 'deployment',
});

const dashboard = (board) => ({
  uid: board.uid, title: board.title, tags: ['keyward'], schemaVersion: 39, editable: true, graphTooltip: 1,
  refresh: '10s', time: { from: 'now-1h', to: 'now' }, timezone: 'browser',
  links: [{
    title: 'Keyward', type: 'dashboards', tags: ['keyward'], asDropdown: true, includeVars: true, keepTime: true,
    icon: 'external link', targetBlank: false, tooltip: '', url: '',
  }],
  templating: { list: [
    { name: 'source', label: 'Data source', type: 'datasource', query: 'prometheus' },
    ...board.variables.map(variable),
  ] },
  annotations: { list: [] },
  panels: placed(board.panels),
});

const files = new Map(dashboards.map((board) =>
  [`grafana/${board.uid.replace('keyward-', '')}.json`, `${JSON.stringify(dashboard(board), null, 2)}\n`]));
files.set('prometheus/rules.yml', rules());
files.set('prometheus/rules.test.yml', ruleTests());

let stale = 0;
for (const [name, text] of files) {
  const path = join(here, name);
  if (process.argv[2] === '--check') {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
      stale++;
      console.error(`${name} is not what dashboards.mjs and rules.mjs say. Remedy: node dashboards/generate.mjs`);
    }
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
process.exit(stale === 0 ? 0 : 1);
