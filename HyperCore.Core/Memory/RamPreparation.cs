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
    private readonly bool _mayWait;
    private int _gate;
    private int _count;

    /// <summary>Creates an object for a guest without RAM.</summary>
    /// <param name="bytes">The most RAM that it will have.</param>
    /// <param name="mayWait">RAM is zeroed when it is wanted; else all of it at the start.</param>
    public RamPreparation(ulong bytes, bool mayWait = true)
    {
        _ready = new uint[WordsFor(bytes)];
        _mayWait = mayWait;
    }

    /// <summary>Bytes of the heap for so much RAM.</summary>
    public static ulong HeapBytes(ulong bytes) => (ulong)WordsFor(bytes) * sizeof(uint);

    /// <summary>Chunks that a slot lies in, those at its ends that it fills only in part included.</summary>
    public static int ChunksOf(in MemorySlot slot) => (int)(((slot.GuestPhysical & (ChunkSize - 1)) + slot.Length + ChunkSize - 1) / ChunkSize);

    /// <summary>The part of a chunk that is in a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="chunk">Which of its chunks, from 0.</param>
    /// <param name="offset">Where it begins in the slot.</param>
    /// <returns>Its bytes.</returns>
    public static ulong PartOf(in MemorySlot slot, int chunk, out ulong offset)
    {
        ulong before = slot.GuestPhysical & (ChunkSize - 1);
        ulong start = Math.Max((ulong)chunk * ChunkSize, before);
        offset = start - before;
        return Math.Min(((ulong)chunk + 1) * ChunkSize, before + slot.Length) - start;
    }

    /// <summary>A chunk waits until it is wanted: it is a page of 2 MiB for the guest and for the host. Others are zeroed at the start.</summary>
    public bool Waits(in MemorySlot slot, int chunk) =>
        _mayWait && PartOf(slot, chunk, out ulong offset) == ChunkSize && ((slot.HostPhysical + offset) & (ChunkSize - 1)) == 0;

    /// <summary>A chunk of a slot was zeroed since <see cref="Begin"/>.</summary>
    public bool IsReady(in MemorySlot slot, int chunk) => IsSet(slot.FirstChunk + chunk);

    /// <summary>All RAM is to be zero: what can wait will be when it is wanted, the rest is now. No vCPU may run.</summary>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="breather">What is done each time a part of much memory has been zeroed; null when there is nothing.</param>
    public void Begin(GuestMemory memory, Action? breather)
    {
        var eraser = new MemoryEraser(breather);
        _ready.AsSpan().Clear();
        for (int i = 0; i < memory.SlotCount; i++)
        {
            MemorySlot slot = memory[i];
            int count = ChunksOf(slot);
            for (int chunk = 0; chunk < count; chunk++)
            {
                if (!Waits(slot, chunk))
                {
                    ulong length = PartOf(slot, chunk, out ulong offset);
                    eraser.Zero(slot.Host + offset, length);
                    Set(slot.FirstChunk + chunk);
                }
            }
        }
    }

    /// <summary>Zeroes all that the guest may have written. No vCPU may run.</summary>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="breather">What is done each time a part of much memory has been zeroed; null when there is nothing.</param>
    public void Erase(GuestMemory memory, Action? breather)
    {
        var eraser = new MemoryEraser(breather);
        for (int i = 0; i < memory.SlotCount; i++)
        {
            MemorySlot slot = memory[i];
            int count = ChunksOf(slot);
            for (int chunk = 0; chunk < count; chunk++)
            {
                if (IsReady(slot, chunk))
                {
                    ulong length = PartOf(slot, chunk, out ulong offset);
                    eraser.Zero(slot.Host + offset, length);
                }
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
        ulong start = (slot.GuestPhysical & (ChunkSize - 1)) + offset;
        int last = (int)((start + Math.Max(length, 1) - 1) / ChunkSize);
        for (int chunk = (int)(start / ChunkSize); chunk <= last; chunk++)
        {
            if (!IsReady(slot, chunk))
            {
                Prepare(slot, chunk);
            }
        }
    }

    // A chunk for every 2 MiB, and two for the ends of each slot.
    private static int WordsFor(ulong bytes) => (int)((bytes / ChunkSize) + (2 * GuestMemory.MaxSlots) + BitsPerWord) / BitsPerWord;

    // Whoever comes second waits some hundred microseconds; the holder takes no other lock.
    private void Prepare(in MemorySlot slot, int chunk)
    {
        while (Interlocked.CompareExchange(ref _gate, 1, 0) != 0)
        {
            Thread.SpinWait(1);
        }

        if (!IsReady(slot, chunk))
        {
            ulong length = PartOf(slot, chunk, out ulong offset);
            HostMemory.Zero(slot.Host + offset, length);
            Set(slot.FirstChunk + chunk);
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
