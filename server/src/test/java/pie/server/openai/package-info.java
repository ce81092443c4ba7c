@org.jspecify.annotations.NullMarked
package pie.server.openai;
