/** Style of the HTML report: screen and A4 paper, calm, without colour as the only carrier of a meaning. */
import type { Language } from "../../contract/common.js";
import type { ReportDocument } from "../document.js";
import { printable } from "../printable.js";

/** Style that holds for every report. */
export const styleSheet = `
:root{--ink:#1c2733;--soft:#56626f;--rule:#c9d0d8;--pale:#f3f6f9;--accent:#1f4e79;--fail:#9c1c1c;--pass:#1d5c36;--wait:#7a5200}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:#e9edf1;color:var(--ink);font:14px/1.6 "Helvetica Neue",Arial,"Liberation Sans","Source Han Sans SC","Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;font-variant-numeric:tabular-nums}
svg{font-family:"Helvetica Neue",Arial,"Liberation Sans","Source Han Sans SC","Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:1000px;margin:0 auto 48px;background:#fff;padding:0 56px 40px;box-shadow:0 1px 6px rgba(20,35,50,.14)}
input[name=language]{position:absolute;opacity:0}
input[name=language]+label{position:relative;z-index:5;display:inline-block;margin:14px 0 14px 8px;padding:4px 14px;border:1px solid var(--rule);border-radius:3px;background:#fff;color:var(--soft);cursor:pointer;font-size:13px}
input[name=language]:first-of-type+label{margin-left:max(16px,calc(50% - 500px))}
input[name=language]:checked+label{border-color:var(--accent);color:var(--accent);font-weight:600}
input[name=language]:focus-visible+label{outline:2px solid var(--accent);outline-offset:2px}
#language-zh:checked~main .en,#language-zh:checked~main .separator,#language-zh:checked~.stamp-banner .en,#language-zh:checked~.stamp-banner .separator{display:none}
#language-en:checked~main .zh,#language-en:checked~main .separator,#language-en:checked~.stamp-banner .zh,#language-en:checked~.stamp-banner .separator{display:none}
.echo{display:none}#language-en:checked~main .echo{display:inline}.only-en .echo{display:inline}
.both h1 .en,.both h2 .en{font-weight:400;color:var(--soft)}
.both h1 .en{font-size:.56em}.both h2 .en{font-size:.68em}
.both td .separator+.en{color:var(--soft)}.both td .zh+br+.en,.both th .zh+br+.en,.both dd .zh+br+.en{font-size:.88em;color:var(--soft)}
.both td.pass .en,.both td.fail .en,.both td.undetermined .en{color:inherit!important}
#language-en:checked~main td .en,#language-en:checked~main th .en,#language-en:checked~main dd .en{font-size:1em;color:inherit}
#language-en:checked~main h1 .en{font-size:1em;color:inherit;font-weight:600}
#language-en:checked~main h2 .en{font-size:1em;color:inherit;font-weight:600}
h1,h2{font-family:"Helvetica Neue",Arial,"Liberation Sans","Source Han Serif SC","Noto Serif CJK SC","Songti SC",SimSun,serif}
h1{font-size:30px;line-height:1.35;text-align:center;font-weight:600;margin:0}
h2{font-size:21px;line-height:1.35;margin:44px 0 16px;padding-bottom:8px;border-bottom:2px solid var(--accent);font-weight:600}
h3,h4{font-size:15px;margin:26px 0 8px;color:var(--accent)}
.section-label{float:right;font-size:15px;color:var(--accent);font-weight:600;padding-top:4px}
p{margin:8px 0;overflow-wrap:anywhere}
p.muted,td.muted{color:var(--soft)}
p.strong,td.strong{font-weight:600}
p.notice{border-left:4px solid var(--accent);background:var(--pale);padding:8px 14px}
p.conclusion{border:1.5px solid var(--ink);padding:14px 18px;font-size:15px}
ol.texts{padding-left:26px}ol.texts li{margin:0 0 12px;padding-left:4px}
ol.texts .en,p .zh+br+.en{color:var(--soft)}
p.conclusion .zh+br+.en,p.notice .zh+br+.en{color:var(--ink)}
.table{margin:14px 0 22px;overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:13px;line-height:1.45;border-top:1.5px solid var(--ink);border-bottom:1.5px solid var(--ink)}
caption{caption-side:top;text-align:left;font-weight:600;padding:6px 0}
th,td{padding:5px 8px;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
th.center,td.center,th.end,td.end,#table-T1 td{overflow-wrap:break-word}
td.number,th.number{overflow-wrap:normal;white-space:nowrap}
thead th{border-bottom:1px solid var(--ink);font-weight:600;background:var(--pale);vertical-align:bottom;overflow-wrap:break-word}
tbody tr:last-child th,tbody tr:last-child td{border-bottom:0}
tr.group th{background:#fafbfc;font-weight:600;color:var(--accent);padding-top:8px}
table.plain th{font-weight:500;color:var(--soft)}
table.plain th .en{font-size:.88em}
th.end,td.end{text-align:right}th.center,td.center{text-align:center}
td.mono{font-family:"SFMono-Regular",Consolas,"Liberation Mono",monospace;font-size:11.5px;word-break:break-all}
td.pass{color:var(--pass);font-weight:600}td.fail{color:var(--fail);font-weight:700}td.undetermined{color:var(--wait);font-weight:600}
.table-note{font-size:12px;color:var(--soft);margin:5px 0}
figure{margin:18px 0 26px;text-align:center}
figure svg{height:auto;display:inline-block}
figcaption{font-size:12px;color:var(--soft);text-align:left;margin-top:6px}
figcaption strong{color:var(--ink)}
pre{font:11px/1.5 "SFMono-Regular",Consolas,"Liberation Mono",monospace;background:var(--pale);padding:12px 14px;white-space:pre-wrap;overflow-wrap:anywhere}
nav.contents{display:none}
.cover{min-height:1080px;display:flex;flex-direction:column;padding:56px 12px 40px}
.cover-top{font-size:14px;margin-bottom:150px}
.cover h1{margin-bottom:28px}
.cover dl{margin:72px auto 0;width:84%}
.cover-field{display:flex;gap:18px;align-items:baseline;margin:0 0 14px}
.cover-field dt{flex:0 0 200px;color:var(--soft)}
.cover-field dd{flex:1;margin:0;border-bottom:1px solid var(--rule);padding-bottom:4px;overflow-wrap:anywhere}
.cover-bottom{margin-top:auto;display:flex;justify-content:space-between;padding-top:48px}
.stamps{text-align:center}
.stamp{display:inline-block;border:2.5px solid var(--fail);color:var(--fail);font-weight:700;letter-spacing:.06em;padding:6px 18px;margin:4px 8px;font-size:19px}
.stamp-banner{position:sticky;top:0;z-index:4;background:var(--fail);color:#fff;text-align:center;font-weight:700;letter-spacing:.08em;padding:5px 12px;font-size:13px}
.watermark{display:none}
.signatures{display:grid;grid-template-columns:repeat(4,1fr);gap:24px;margin:40px 0 12px;break-inside:avoid}
.signatures div{display:flex;flex-direction:column;gap:34px}
.signatures .role{color:var(--soft);font-size:13px}
.signatures .line{border-bottom:1px solid var(--ink);min-height:24px}
.end-mark{text-align:center;margin:36px 0 8px;letter-spacing:.1em}
@media (max-width:700px){main{padding:0 16px 32px}.cover-field{display:block}.signatures{grid-template-columns:1fr 1fr}.cover{min-height:0}.cover-top{margin-bottom:64px}}
@media print{
body{background:#fff;font-size:9.6pt;line-height:1.5;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:none;margin:0;padding:0;box-shadow:none;background:transparent}
input[name=language],input[name=language]+label,.stamp-banner,nav.contents{display:none}
.new-page{break-before:page}
h1{font-size:20pt}h2{font-size:14pt;margin:0 0 10pt;break-after:avoid;break-inside:avoid}
.section:not(.new-page) h2{margin-top:22pt}
h3,h4,caption{break-after:avoid}
table{font-size:8.6pt}td.mono{font-size:7.4pt}
.table{overflow:visible}.table.short{break-inside:avoid}
#summary table{font-size:8.2pt}#summary table.plain th,#summary table.plain td{padding:1.9pt 5pt}#summary p{font-size:8.6pt}#summary p.conclusion{font-size:9.4pt;padding:7pt 10pt}#summary h3{margin:6pt 0 3pt}#summary .table{margin:6pt 0 8pt}#summary p{margin:3pt 0}#summary .signatures{margin:8pt 0 0}#summary .signatures div{gap:8pt}#summary .signatures .line{min-height:16pt}
figure[id^="F1"] svg{max-height:110mm}figure[id^="F1-"]{display:inline-block;width:49%;vertical-align:top}figure[id^="T5-"] svg{max-height:58mm}
figure{margin:8pt 0 12pt}
thead{display:table-header-group}
tr,figure{break-inside:avoid}
tr.group{break-after:avoid}tbody tr:first-child{break-before:avoid}
.table-note,figcaption{font-size:7.8pt}
pre{font-size:7.2pt}
.cover{min-height:232mm;padding:6mm 4mm 0}
.cover-top{margin-bottom:34mm}
.cover dl{margin-top:18mm}
.watermark{display:block;position:fixed;top:46%;left:-10%;right:-10%;text-align:center;transform:rotate(-32deg);font-size:60pt;font-weight:700;color:rgba(156,28,28,.06);z-index:-1;letter-spacing:.12em;white-space:nowrap}
}
`;

/** Running header and footer: report number, short title, stamps, page x of y. */
export function pageStyle(report: ReportDocument, languages: readonly Language[]): string {
  const both = languages.length > 1;
  const chinese = languages.includes("zh-CN");
  const english = languages.includes("en");
  const title = [...(chinese ? [report.shortTitle["zh-CN"]] : []), ...(english ? [report.shortTitle.en] : [])].join(
    "\n",
  );
  const stamps = report.stamps.map((stamp) => languages.map((language) => stamp[language]).join(" ")).join(" · ");
  const page = [
    ...(chinese ? [`"第 " counter(page) " 页 共 " counter(pages) " 页"`] : []),
    ...(both ? [`" / "`] : []),
    ...(english ? [`"Page " counter(page) " of " counter(pages)`] : []),
  ].join(" ");
  const total = [
    ...(chinese ? [`"共 " counter(pages) " 页"`] : []),
    ...(both ? [`" / "`] : []),
    ...(english ? [`counter(pages) " pages"`] : []),
  ].join(" ");
  const stampBox =
    stamps === ""
      ? ""
      : `@top-center{content:${cssString(stamps)};width:36%;color:#9c1c1c;font:700 8pt Arial,"Noto Sans CJK SC",sans-serif}`;
  const small = `font:7.5pt Arial,"Noto Sans CJK SC",sans-serif;color:#56626f;white-space:pre-line`;
  return `
@page{size:A4;margin:21mm 17mm 17mm;
@top-left{content:${cssString(report.number)};width:${stamps === "" ? 40 : 27}%;${small}}
${stampBox}
@top-right{content:${cssString(title)};width:${stamps === "" ? 60 : 37}%;${small};text-align:right}
@bottom-center{content:${page};${small}}}
@page:first{@top-left{content:none}@top-right{content:${total};${small};text-align:right}@bottom-center{content:none}}
`;
}

/** A CSS string: everything but letters, digits and spaces is written as an escape. */
function cssString(text: string): string {
  const escaped = [...printable(text)]
    .map((letter) => (/[A-Za-z0-9 ]/.test(letter) ? letter : `\\${(letter.codePointAt(0) ?? 0).toString(16)} `))
    .join("");
  return `"${escaped}"`;
}
