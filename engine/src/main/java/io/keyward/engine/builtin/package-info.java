/**
 * The built-in engine: keyspaces in this process, and the way of a command through one.
 *
 * <p>A {@link io.keyward.engine.builtin.BuiltinKeyspace} is the data of one deployment; a {@link
 * io.keyward.engine.builtin.Home} is what all keyspaces of one event loop share. Commands stand in
 * the packages below, one for each family. Here is what they rest on:
 *
 * <ul>
 *   <li>The way of a command: {@link io.keyward.engine.builtin.Executor} finds its declaration,
 *       asks {@link io.keyward.engine.builtin.Admission} whether it may be executed now, and calls
 *       its handler, a long one in {@link io.keyward.engine.builtin.Slices}.
 *   <li>Keys and values: {@link io.keyward.engine.builtin.Database} finds and changes them through
 *       views ({@link io.keyward.engine.builtin.Entry}), {@link
 *       io.keyward.engine.builtin.Placement} lays them into pages, {@link
 *       io.keyward.engine.builtin.Held} is a value beside the pages.
 *   <li>What a change sets off: {@link io.keyward.engine.builtin.ChangeNews} for clients that
 *       watch, wait, listen or keep copies, {@link io.keyward.engine.builtin.Effects} for the log
 *       and replicas.
 *   <li>What goes of itself: {@link io.keyward.engine.builtin.ActiveExpiry} what has expired,
 *       {@link io.keyward.engine.builtin.Eviction} what has to make room, {@link
 *       io.keyward.engine.builtin.Freeing} what has been deleted.
 *   <li>Limits: {@link io.keyward.engine.builtin.Limits} of a keyspace, {@link
 *       io.keyward.engine.builtin.MemoryLimit} of the data, {@link
 *       io.keyward.engine.builtin.ClientMemory} of the clients, {@link
 *       io.keyward.engine.builtin.MemoryGuard} of the heap.
 *   <li>Keys of other keyspaces: {@link io.keyward.engine.builtin.KeyRoutes} lead to those that are
 *       shared, and the operator to all ({@link io.keyward.engine.builtin.Overview}); {@link
 *       io.keyward.engine.builtin.Pins} keep some in memory alone; {@link
 *       io.keyward.engine.builtin.KeyspaceClone} makes one keyspace hold what another holds.
 * </ul>
 */
@NullMarked
package io.keyward.engine.builtin;

import org.jspecify.annotations.NullMarked;
