using System;
using System.Numerics;

namespace HyperCore.Core.Memory;

/// <summary>
/// Hands out the machine's free memory, in frames of 4 KiB. It never touches the memory itself: whoever gets it has to clear it. Single frames
/// come from the bottom, guest RAM from the top, so that few frames spoil few large pages.
/// </summary>
public sealed unsafe class FrameAllocator
{
    /// <summary>Bytes of a frame.</summary>
    public const ulong FrameSize = 4096;

    /// <summary>Bytes of a large page, and their alignment.</summary>
    public const ulong BlockSize = 2 << 20;

    /// <summary>The most separate ranges that can be added.</summary>
    public const int MaxRanges = HostMemoryMap.Capacity;

    private const ulong FramesPerBlock = BlockSize / FrameSize;

    private readonly FrameBitmap _free;
    private readonly FrameExtent[] _ranges = new FrameExtent[MaxRanges];
    private readonly ulong[] _used = new ulong[(int)FrameOwner.Files + 1];
    private int _rangeCount;
    private ulong _searchFrom;

    /// <summary>Starts without any memory.</summary>
    /// <param name="bitmap">Memory of <see cref="BitmapBytes"/> bytes for the allocator's own use, for as long as it lives.</param>
    /// <param name="top">The address after the last one that will be added.</param>
    public FrameAllocator(ulong* bitmap, ulong top)
    {
        _free = new FrameBitmap(bitmap, top / FrameSize);
        _searchFrom = _free.FrameCount;
    }

    /// <summary>Bytes of all memory added.</summary>
    public ulong TotalBytes { get; private set; }

    /// <summary>Bytes that can be allocated.</summary>
    public ulong FreeBytes { get; private set; }

    /// <summary>Bytes that the constructor's bitmap takes for addresses below <paramref name="top"/>: 32 KiB for each GiB.</summary>
    public static ulong BitmapBytes(ulong top) => FrameBitmap.WordsFor(top / FrameSize) * sizeof(ulong);

    /// <summary>Bytes in use by an owner.</summary>
    public ulong UsedBytes(FrameOwner owner) => _used[(int)owner];

    /// <summary>Adds free memory. A range that does not start or end on a frame loses what is not a whole frame.</summary>
    /// <returns>False when it overlaps what was added before, lies above the top, or there are too many ranges.</returns>
    public bool AddRange(ulong start, ulong length)
    {
        if (length > ulong.MaxValue - start || start > ulong.MaxValue - FrameSize)
        {
            return false;
        }

        ulong first = (start + FrameSize - 1) / FrameSize;
        ulong end = (start + length) / FrameSize;
        if (first >= end)
        {
            return true;
        }

        if (end > _free.FrameCount || _rangeCount == MaxRanges)
        {
            return false;
        }

        for (int i = 0; i < _rangeCount; i++)
        {
            if (first * FrameSize < _ranges[i].End && end * FrameSize > _ranges[i].Start)
            {
                return false;
            }
        }

        _ranges[_rangeCount++] = new FrameExtent(first * FrameSize, (end - first) * FrameSize);
        TotalBytes += (end - first) * FrameSize;
        Release(first, end - first);
        return true;
    }

    /// <summary>Takes one frame, the lowest that is free.</summary>
    public bool TryAllocateFrame(FrameOwner owner, out ulong address)
    {
        ulong frame = _free.FindSet(_searchFrom);
        _searchFrom = frame;
        address = frame * FrameSize;
        if (frame == _free.FrameCount)
        {
            address = 0;
            return false;
        }

        Take(frame, 1, owner);
        return true;
    }

    /// <summary>Takes 2 MiB aligned to 2 MiB.</summary>
    public bool TryAllocateBlock(FrameOwner owner, out ulong address) => TryAllocateContiguous(BlockSize, BlockSize, ulong.MaxValue, owner, out address);

    /// <summary>Takes contiguous memory, as low as there is.</summary>
    /// <param name="length">Bytes, not 0; rounded up to whole frames.</param>
    /// <param name="alignment">Alignment of the first address: a power of two, at least a frame.</param>
    /// <param name="limit">The memory ends at or below this address.</param>
    /// <param name="owner">Who will use it.</param>
    /// <param name="address">The first address.</param>
    /// <returns>False when there is no such piece, or the request makes no sense.</returns>
    public bool TryAllocateContiguous(ulong length, ulong alignment, ulong limit, FrameOwner owner, out ulong address)
    {
        address = 0;
        if (length == 0 || length > FreeBytes || alignment < FrameSize || !BitOperations.IsPow2(alignment))
        {
            return false;
        }

        ulong count = (length + FrameSize - 1) / FrameSize;
        ulong step = alignment / FrameSize;
        ulong end = Math.Min(limit / FrameSize, _free.FrameCount);
        ulong frame = _free.FindSet(_searchFrom);
        while (frame < end)
        {
            ulong runEnd = Math.Min(_free.FindClear(frame), end);
            ulong start = (frame + step - 1) & ~(step - 1);
            if (start < runEnd && runEnd - start >= count)
            {
                Take(start, count, owner);
                address = start * FrameSize;
                return true;
            }

            frame = _free.FindSet(runEnd);
        }

        return false;
    }

    /// <summary>Takes exactly this memory, if all of it is free.</summary>
    /// <returns>False when it is not free, not managed, or not made of whole frames.</returns>
    public bool TryReserve(ulong start, ulong length, FrameOwner owner)
    {
        if (CheckRange(start, length) != FrameFreeResult.Freed || !_free.IsAll(start / FrameSize, length / FrameSize, true))
        {
            return false;
        }

        Take(start / FrameSize, length / FrameSize, owner);
        return true;
    }

    /// <summary>
    /// Takes memory for a guest, in as few pieces as possible. Pieces start on 2 MiB and all but the last are a multiple of it, unless only
    /// smaller pieces are left.
    /// </summary>
    /// <param name="bytes">Bytes, not 0; rounded up to whole frames.</param>
    /// <param name="extents">Receives the pieces; its length is the most that there may be.</param>
    /// <param name="count">Number of pieces.</param>
    /// <returns>False when there is not enough memory, or it is in too many pieces; nothing is taken then.</returns>
    public bool TryAllocateGuestMemory(ulong bytes, Span<FrameExtent> extents, out int count)
    {
        count = 0;
        if (bytes == 0 || bytes > FreeBytes)
        {
            return false;
        }

        ulong remaining = (bytes + FrameSize - 1) / FrameSize;
        while (remaining > 0)
        {
            if (count == extents.Length || !FindForGuest(remaining, out ulong start, out ulong length))
            {
                for (int i = 0; i < count; i++)
                {
                    Free(extents[i].Start, extents[i].Length, FrameOwner.GuestMemory);
                }

                count = 0;
                return false;
            }

            Take(start, length, FrameOwner.GuestMemory);
            extents[count++] = new FrameExtent(start * FrameSize, length * FrameSize);
            remaining -= length;
        }

        return true;
    }

    /// <summary>Gives memory back. It need not be the whole of what was allocated at once.</summary>
    public FrameFreeResult Free(ulong start, ulong length, FrameOwner owner)
    {
        FrameFreeResult check = CheckRange(start, length);
        if (check != FrameFreeResult.Freed)
        {
            return check;
        }

        if (!_free.IsAll(start / FrameSize, length / FrameSize, false))
        {
            return FrameFreeResult.AlreadyFree;
        }

        if (_used[(int)owner] < length)
        {
            return FrameFreeResult.WrongOwner;
        }

        _used[(int)owner] -= length;
        Release(start / FrameSize, length / FrameSize);
        return FrameFreeResult.Freed;
    }

    private FrameFreeResult CheckRange(ulong start, ulong length)
    {
        if (length == 0 || ((start | length) & (FrameSize - 1)) != 0)
        {
            return FrameFreeResult.NotAligned;
        }

        // Neighbouring ranges may have been added one by one, so a piece may reach over several; each lies in order of being added.
        ulong at = start;
        ulong left = length;
        while (left > 0)
        {
            ulong covered = 0;
            for (int i = 0; i < _rangeCount && covered == 0; i++)
            {
                ulong offset = at - _ranges[i].Start;
                covered = offset < _ranges[i].Length ? _ranges[i].Length - offset : 0;
            }

            if (covered == 0)
            {
                return FrameFreeResult.NotManaged;
            }

            covered = Math.Min(covered, left);
            at += covered;
            left -= covered;
        }

        return FrameFreeResult.Freed;
    }

    /// <summary>
    /// The best piece for a guest: the tightest aligned one that holds everything, else the largest aligned one, else the largest of any kind.
    /// </summary>
    private bool FindForGuest(ulong wanted, out ulong start, out ulong length)
    {
        ulong tightest = ulong.MaxValue;
        ulong tightestStart = 0;
        ulong largest = 0;
        ulong largestStart = 0;
        ulong anyLargest = 0;
        ulong anyStart = 0;
        for (ulong frame = _free.FindSet(_searchFrom); frame < _free.FrameCount;)
        {
            ulong end = _free.FindClear(frame);
            ulong aligned = (frame + FramesPerBlock - 1) & ~(FramesPerBlock - 1);
            ulong usable = aligned < end ? end - aligned : 0;
            if (usable >= wanted && usable <= tightest)
            {
                tightest = usable;
                tightestStart = (end - wanted) & ~(FramesPerBlock - 1);
            }

            if ((usable & ~(FramesPerBlock - 1)) >= Math.Max(largest, FramesPerBlock))
            {
                largest = usable & ~(FramesPerBlock - 1);
                largestStart = aligned;
            }

            if (end - frame > anyLargest)
            {
                anyLargest = end - frame;
                anyStart = frame;
            }

            frame = _free.FindSet(end);
        }

        if (tightest != ulong.MaxValue)
        {
            start = tightestStart;
            length = wanted;
        }
        else if (largest != 0)
        {
            start = largestStart;
            length = largest;
        }
        else
        {
            start = anyStart;
            length = Math.Min(anyLargest, wanted);
        }

        return length != 0;
    }

    private void Take(ulong frame, ulong count, FrameOwner owner)
    {
        _free.Set(frame, count, false);
        FreeBytes -= count * FrameSize;
        _used[(int)owner] += count * FrameSize;
    }

    private void Release(ulong frame, ulong count)
    {
        _free.Set(frame, count, true);
        FreeBytes += count * FrameSize;
        _searchFrom = Math.Min(_searchFrom, frame);
    }
}
