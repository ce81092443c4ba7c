@org.jspecify.annotations.NullMarked
package pie.cli.monitor;
