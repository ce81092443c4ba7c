/** Tests of the model store, against servers of their own. */
@org.jspecify.annotations.NullMarked
package pie.cli.models;
