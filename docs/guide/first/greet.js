export function main(input) {
  const name = input.name ?? 'world';
  console.log('about to greet', name);
  return { greeting: `Hello, ${name}!` };
}
