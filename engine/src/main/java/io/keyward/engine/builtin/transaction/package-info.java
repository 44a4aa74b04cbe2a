/** Transactions: commands queued and executed as one, if what they rest on has not changed. */
@NullMarked
package io.keyward.engine.builtin.transaction;

import org.jspecify.annotations.NullMarked;
