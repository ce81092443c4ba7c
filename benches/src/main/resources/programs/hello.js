import { session } from 'inferlet';

export async function main(input) {
  session.send('up');
  return { n: input.n };
}
