// Checks dashboards against Grafana's own types with the TypeScript compiler.
//   node check.mjs dashboard.json ...
// Each dashboard becomes a literal that has to satisfy the type of a dashboard; each panel's options
// and custom field settings have to satisfy the types of its kind.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const composable = (kind, name) => `@grafana/schema/dist/esm/raw/composable/${kind}/panelcfg/x/${name}PanelCfg_types.gen`;
const lines = [
  `import type { Dashboard, Panel } from '@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen';`,
  `import type { Options as StatOptions } from '${composable('stat', 'Stat')}';`,
  `import type { Options as BarGaugeOptions } from '${composable('bargauge', 'BarGauge')}';`,
  `import type { Options as TimeSeriesOptions, FieldConfig as TimeSeriesFields } from '${composable('timeseries', 'TimeSeries')}';`,
  // A literal's string stands for an enum's constant of that value.
  `type Plain<T> = T extends string ? \`\${T}\` : T extends number ? (\`\${T}\` extends \`\${infer N extends number}\` ? N : number) : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;`,
];
const types = { stat: ['StatOptions'], bargauge: ['BarGaugeOptions'], timeseries: ['TimeSeriesOptions', 'TimeSeriesFields'] };

process.argv.slice(2).forEach((path, number) => {
  const { panels, ...board } = JSON.parse(readFileSync(path, 'utf8'));
  lines.push(`// ${path}`, `export const board${number} = ${JSON.stringify(board)} satisfies Plain<Omit<Dashboard, 'panels'>>;`);
  for (const panel of panels) {
    const name = `panel${number}_${panel.id}`;
    const { options, fieldConfig, ...rest } = panel;
    const { custom, ...defaults } = fieldConfig.defaults;
    const known = types[panel.type];
    if (!known) {
      console.error(`${path}: panel ${panel.id} is of the kind ${panel.type}, whose types this check does not know`);
      process.exit(1);
    }
    lines.push(`export const ${name} = ${JSON.stringify({ ...rest, fieldConfig: { ...fieldConfig, defaults } })} satisfies Plain<Panel>;`,
      `export const ${name}_options = ${JSON.stringify(options)} satisfies Plain<${known[0]}>;`);
    if (known[1]) {
      lines.push(`export const ${name}_custom = ${JSON.stringify(custom)} satisfies Plain<${known[1]}>;`);
    }
  }
});

const file = join(here, 'dashboards.generated.ts');
writeFileSync(file, `${lines.join('\n')}\n`);
const program = ts.createProgram([file], {
  noEmit: true, strict: true, skipLibCheck: true, module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022,
  moduleResolution: ts.ModuleResolutionKind.Bundler, types: [],
});
const wrong = ts.getPreEmitDiagnostics(program);
for (const each of wrong) {
  const message = ts.flattenDiagnosticMessageText(each.messageText, '\n');
  const at = each.file && each.start !== undefined ? each.file.getLineAndCharacterOfPosition(each.start) : undefined;
  const line = at ? each.file.text.split('\n')[at.line].slice(0, 100) : '';
  console.error(`${message}\n  in ${line}`);
}
process.exit(wrong.length === 0 ? 0 : 1);
