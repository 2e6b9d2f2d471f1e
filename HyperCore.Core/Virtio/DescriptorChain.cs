using System;
using HyperCore.Core.Memory;

namespace HyperCore.Core.Virtio;

/// <summary>
/// One buffer of a driver: pieces of guest memory that the device reads, then pieces that it writes. It holds copies of the descriptors, so
/// what the guest changes afterwards has no effect, and all its addresses were found to be RAM. A device owns as many of these
/// objects as it has buffers in hand at once.
/// </summary>
public sealed class DescriptorChain
{
    private readonly GuestMemory _memory;
    private readonly ulong[] _addresses;
    private readonly uint[] _lengths;
    private int _count;
    private int _readableCount;
    private int _readSegment;
    private uint _readOffset;
    private int _writeSegment;
    private uint _writeOffset;
    private bool _skipped;

    /// <summary>Creates an empty one.</summary>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="capacity">The most pieces a buffer may have.</param>
    public DescriptorChain(GuestMemory memory, int capacity)
    {
        _memory = memory;
        _addresses = new ulong[capacity];
        _lengths = new uint[capacity];
    }

    /// <summary>The most pieces a buffer may have.</summary>
    public int Capacity => _addresses.Length;

    /// <summary>What names the buffer in the used ring: the head's index (split) or the buffer ID (packed).</summary>
    public ushort Id { get; internal set; }

    /// <summary>Descriptors it takes in the ring itself; a table that one of them refers to does not count.</summary>
    public int RingDescriptors { get; internal set; }

    /// <summary>Pieces it is made of.</summary>
    public int SegmentCount => _count;

    /// <summary>Bytes not yet read.</summary>
    public ulong ReadableLeft { get; private set; }

    /// <summary>Bytes not yet written.</summary>
    public ulong WritableLeft { get; private set; }

    /// <summary>Bytes written without a gap from the first one on, as the used ring reports them (virtio 1.2, 2.7.8.2).</summary>
    public uint Written { get; private set; }

    /// <summary>Something was written, in front of a gap or behind it.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>Reads the next bytes.</summary>
    /// <returns>False when there are not so many; then nothing is read.</returns>
    public bool TryRead(Span<byte> destination)
    {
        if ((ulong)destination.Length > ReadableLeft)
        {
            return false;
        }

        ReadableLeft -= (ulong)destination.Length;
        while (destination.Length > 0)
        {
            int chunk = (int)Math.Min((uint)destination.Length, _lengths[_readSegment] - _readOffset);
            if (!_memory.TryRead(_addresses[_readSegment] + _readOffset, destination.Slice(0, chunk)))
            {
                return false;
            }

            destination = destination.Slice(chunk);
            Advance(ref _readSegment, ref _readOffset, (uint)chunk);
        }

        return true;
    }

    /// <summary>Writes the next bytes.</summary>
    /// <returns>False when there is no room for them; then nothing is written.</returns>
    public bool TryWrite(ReadOnlySpan<byte> source)
    {
        if ((ulong)source.Length > WritableLeft)
        {
            return false;
        }

        WritableLeft -= (ulong)source.Length;
        Written += _skipped ? 0 : (uint)source.Length;
        IsWritten |= source.Length > 0;
        while (source.Length > 0)
        {
            int chunk = (int)Math.Min((uint)source.Length, _lengths[_writeSegment] - _writeOffset);
            if (!_memory.TryWrite(_addresses[_writeSegment] + _writeOffset, source.Slice(0, chunk)))
            {
                return false;
            }

            source = source.Slice(chunk);
            Advance(ref _writeSegment, ref _writeOffset, (uint)chunk);
        }

        return true;
    }

    /// <summary>Leaves bytes unwritten; at most as many as are left.</summary>
    public void SkipWritable(ulong bytes)
    {
        ulong left = Math.Min(bytes, WritableLeft);
        WritableLeft -= left;
        _skipped |= left > 0;
        while (left > 0)
        {
            uint chunk = (uint)Math.Min(left, _lengths[_writeSegment] - _writeOffset);
            left -= chunk;
            Advance(ref _writeSegment, ref _writeOffset, chunk);
        }
    }

    /// <summary>Empties it, to be filled with another buffer.</summary>
    internal void Begin()
    {
        Id = 0;
        RingDescriptors = 0;
        _count = 0;
        _readableCount = 0;
        ReadableLeft = 0;
        WritableLeft = 0;
        Written = 0;
        IsWritten = false;
        _skipped = false;
    }

    /// <summary>Adds a piece.</summary>
    /// <returns>
    /// False when the buffer is not allowed to have it: it is not RAM, a readable one follows a writable one (2.7.4.2), there are
    /// too many of them, or more than 4 GiB in all (2.7.5.2).
    /// </returns>
    internal bool TryAdd(ulong address, uint length, bool writable)
    {
        if (length == 0)
        {
            return true; // means nothing, and the specification does not forbid it
        }

        bool outOfOrder = !writable && _count > _readableCount;
        ulong total = ReadableLeft + WritableLeft + length;
        if (outOfOrder || _count == _addresses.Length || total > 1ul << 32 || !_memory.IsRam(address, length))
        {
            return false;
        }

        _addresses[_count] = address;
        _lengths[_count] = length;
        _count++;
        if (writable)
        {
            WritableLeft += length;
        }
        else
        {
            ReadableLeft += length;
            _readableCount++;
        }

        return true;
    }

    /// <summary>All pieces are there: reading begins with the first, writing with the first that can be written.</summary>
    internal void Complete(ushort id, int ringDescriptors)
    {
        Id = id;
        RingDescriptors = ringDescriptors;
        _readSegment = 0;
        _readOffset = 0;
        _writeSegment = _readableCount;
        _writeOffset = 0;
    }

    private void Advance(ref int segment, ref uint offset, uint bytes)
    {
        offset += bytes;
        if (offset == _lengths[segment])
        {
            segment++;
            offset = 0;
        }
    }
}
