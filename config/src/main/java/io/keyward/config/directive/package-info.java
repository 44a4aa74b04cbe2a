/**
 * The Redis directives: one declaration each, their live values, and CONFIG GET, SET and REWRITE on
 * them.
 */
@org.jspecify.annotations.NullMarked
package io.keyward.config.directive;
