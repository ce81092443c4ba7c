/** Speak to a running pie server: requests, errors, event streams that go on after a broken connection. */
@org.jspecify.annotations.NullMarked
package pie.cli.client;
