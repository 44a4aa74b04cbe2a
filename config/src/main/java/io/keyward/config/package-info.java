/**
 * Typed settings: what the server was started with, and the Redis directives that may change while
 * it runs.
 */
@org.jspecify.annotations.NullMarked
package io.keyward.config;
