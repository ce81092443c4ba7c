// Typed input and output: an order comes in as JSON, its total goes out, and who worked it out.
// The types are for the reader and the editor; they are stripped, and line numbers stay what they are.
import { runtime } from 'inferlet';

interface Line { item: string; count: number; price: number }
interface Order { customer?: string; lines?: Line[]; express?: boolean }
interface Receipt {
  customer: string; items: number; total: number; express: boolean;
  version: string; process: string; program: string; user: string;
}

export function main(order: Order): Receipt {
  const lines: Line[] = order.lines ?? [{ item: 'tea', count: 2, price: 3.5 }];
  const express = order.express ?? false;
  const total = lines.reduce((sum: number, line: Line) => sum + line.count * line.price, express ? 5 : 0);
  return {
    customer: order.customer ?? 'nobody',
    items: lines.reduce((sum: number, line: Line) => sum + line.count, 0),
    total: Number(total.toFixed(2)),
    express,
    version: runtime.version(),
    process: runtime.instanceId(),
    program: runtime.program(),
    user: runtime.username(),
  };
}
