// The chart of staffing: drawn from the JSON in the page; its table stands below for who cannot see it.
const root = document.documentElement;
const FONT = '"Ops Num","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';
let chart = null;

const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

function axis() {
  const line = colour("--line");
  return {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: colour("--mut"), fontSize: 12 },
    splitLine: { lineStyle: { color: line } },
  };
}

function step(name, data, hue, type) {
  return {
    name, data, type: "line", step: "middle", symbol: "none", z: 3,
    lineStyle: { width: 2.2, color: hue, type }, itemStyle: { color: hue },
  };
}

function options(quarters, words) {
  const common = axis();
  const muted = colour("--mut");
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: muted, fontSize: 12 },
    grid: { left: 40, right: 40, top: 34, bottom: 26 },
    legend: { top: 6, right: 14, itemWidth: 14, itemHeight: 8, textStyle: { color: muted, fontSize: 12 } },
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: colour("--card"), borderColor: colour("--line"), textStyle: { color: colour("--ink"), fontSize: 12 } },
    xAxis: { ...common, type: "category", data: quarters.map(({ text }) => text) },
    yAxis: [
      { ...common, type: "value", minInterval: 1 },
      { ...common, type: "value", splitLine: { show: false } },
    ],
    series: [
      { name: words.seated, type: "bar", data: quarters.map(({ seated }) => seated), barMaxWidth: 22, itemStyle: { color: colour("--chart-1"), borderRadius: [2, 2, 0, 0] }, z: 2 },
      { name: words.arrivals, type: "line", yAxisIndex: 1, symbol: "none", data: quarters.map(({ arrivals }) => Number(arrivals)), lineStyle: { width: 1.2, color: colour("--chart-prev") }, itemStyle: { color: colour("--chart-prev") }, areaStyle: { color: colour("--chart-prev-l"), opacity: 1 }, z: 1 },
      step(words.pooled, quarters.map(({ pooled }) => pooled), colour("--bad"), "solid"),
      step(words.split, quarters.map(({ split }) => split), colour("--chart-2"), "dashed"),
    ],
  };
}

function draw() {
  const place = document.getElementById("chart-staffing");
  const words = document.getElementById("chart-words")?.dataset;
  const text = document.getElementById("chart-data")?.textContent;
  if (!place || !words || !text || !window.echarts) return;
  chart ??= window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options(JSON.parse(text), words), true);
}

addEventListener("resize", () => chart?.resize());
addEventListener("beforeprint", () => chart?.resize());
new MutationObserver(draw).observe(root, { attributes: true, attributeFilter: ["data-bs-theme", "class"] });
if (window.echarts) draw();
else addEventListener("load", draw);
