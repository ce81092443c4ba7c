@org.jspecify.annotations.NullMarked
package pie.cuda;
