@org.jspecify.annotations.NullMarked
package pie.cli.client;
