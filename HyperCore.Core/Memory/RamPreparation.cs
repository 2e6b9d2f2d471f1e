using System;
using System.Threading;

namespace HyperCore.Core.Memory;

/// <summary>
/// Zeroes a guest's RAM a chunk at a time, when somebody first wants it, so that a VM starts at once however much memory it has. What the
/// memory held before is seen by nobody: <see cref="GuestMemory"/> asks here before it gives out a pointer, and a guest has no translation to a chunk
/// that was not asked for. Any pCPU may ask, with or without the VM's lock.
/// </summary>
public sealed unsafe class RamPreparation
{
    /// <summary>Bytes of a chunk, and its alignment in guest-physical memory.</summary>
    public const ulong ChunkSize = FrameAllocator.BlockSize;

    private const int BitsPerWord = 32;

    private readonly uint[] _ready;
    private int _gate;
    private int _count;

    /// <summary>Creates an object for a guest without RAM.</summary>
    /// <param name="bytes">The most RAM that it will have.</param>
    public RamPreparation(ulong bytes) => _ready = new uint[WordsFor(bytes)];

    /// <summary>Bytes of the heap for so much RAM.</summary>
    public static ulong HeapBytes(ulong bytes) => (ulong)WordsFor(bytes) * sizeof(uint);

    /// <summary>A chunk was zeroed since <see cref="Begin"/>.</summary>
    public bool IsReady(in RamChunk chunk) => IsSet(chunk.Number);

    /// <summary>All RAM is to be zero: what can wait will be when it is wanted, the rest is now. No vCPU may run.</summary>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="breather">What is done each time a part of much memory has been zeroed; null when there is nothing.</param>
    public void Begin(GuestMemory memory, Action? breather)
    {
        var eraser = new MemoryEraser(breather);
        _ready.AsSpan().Clear();
        foreach (RamChunk chunk in new RamChunks(memory))
        {
            if (!chunk.IsLargePage)
            {
                eraser.Zero(chunk.Host, chunk.Length);
                Set(chunk.Number);
            }
        }
    }

    /// <summary>Zeroes all that the guest may have written. No vCPU may run.</summary>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="breather">What is done each time a part of much memory has been zeroed; null when there is nothing.</param>
    public void Erase(GuestMemory memory, Action? breather)
    {
        var eraser = new MemoryEraser(breather);
        foreach (RamChunk chunk in new RamChunks(memory))
        {
            if (IsReady(chunk))
            {
                eraser.Zero(chunk.Host, chunk.Length);
            }
        }
    }

    /// <summary>How many chunks were zeroed since this was asked the last time, by whomever.</summary>
    public int TakeCount() => Volatile.Read(ref _count) == 0 ? 0 : Interlocked.Exchange(ref _count, 0);

    /// <summary>Part of a slot is wanted.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="offset">Where in the slot.</param>
    /// <param name="length">Bytes, all of them in the slot.</param>
    public void Require(in MemorySlot slot, ulong offset, ulong length)
    {
        int last = RamChunk.IndexAt(slot, offset + Math.Max(length, 1) - 1);
        for (int index = RamChunk.IndexAt(slot, offset); index <= last; index++)
        {
            if (!IsSet(slot.FirstChunk + index))
            {
                Prepare(new RamChunk(slot, index));
            }
        }
    }

    // A chunk for every 2 MiB, and two for the ends of each slot.
    private static int WordsFor(ulong bytes) => (int)((bytes / ChunkSize) + (2 * GuestMemory.MaxSlots) + BitsPerWord) / BitsPerWord;

    // Whoever comes second waits some hundred microseconds; the holder takes no other lock.
    private void Prepare(in RamChunk chunk)
    {
        while (Interlocked.CompareExchange(ref _gate, 1, 0) != 0)
        {
            Thread.SpinWait(1);
        }

        if (!IsReady(chunk))
        {
            HostMemory.Zero(chunk.Host, chunk.Length);
            Set(chunk.Number);
            Interlocked.Increment(ref _count);
        }

        Volatile.Write(ref _gate, 0);
    }

    private bool IsSet(int bit) => (Volatile.Read(ref _ready[bit / BitsPerWord]) & (1u << (bit % BitsPerWord))) != 0;

    // What was zeroed is in memory before the bit says so.
    private void Set(int bit)
    {
        ref uint word = ref _ready[bit / BitsPerWord];
        Volatile.Write(ref word, word | (1u << (bit % BitsPerWord)));
    }
}
