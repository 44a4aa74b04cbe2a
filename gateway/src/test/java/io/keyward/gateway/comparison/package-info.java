/**
 * Compares the data commands of the gateway with those of a real Redis: the same random commands,
 * the same replies, the same data.
 */
@NullMarked
package io.keyward.gateway.comparison;

import org.jspecify.annotations.NullMarked;
