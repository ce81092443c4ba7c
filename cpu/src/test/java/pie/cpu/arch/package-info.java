@org.jspecify.annotations.NullMarked
package pie.cpu.arch;
