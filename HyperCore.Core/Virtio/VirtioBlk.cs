using System;
using System.Buffers.Binary;
using HyperCore.Core.Memory;
using HyperCore.Core.Time;

namespace HyperCore.Core.Virtio;

/// <summary>
/// A block device (virtio 1.2, 5.2) on a <see cref="RamDisk"/>. One request at a time is carried out, in the order of the ring; a large one
/// over several turns.
/// </summary>
public sealed class VirtioBlk : VirtioDevice
{
    /// <summary>Its device ID.</summary>
    public const ushort DeviceId = 2;

    /// <summary>Entries of its queue.</summary>
    public const ushort QueueSize = 128;

    // A request is a header, data, and the status.
    private const uint MaxDataSegments = QueueSize - 2;
    private const uint UnmapFlag = 1;

    private readonly RamDisk _disk;
    private readonly DescriptorChain _chain;
    private readonly DiskFlush? _flush;
    private readonly byte[] _id = new byte[BlockRequest.IdSize];
    private bool _busy;
    private bool _isFlushing;
    private uint _type;
    private byte _status;
    private int _offset;
    private int _left;

    /// <summary>Creates the device.</summary>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="timers">The VM's timers.</param>
    /// <param name="disk">The disk.</param>
    /// <param name="id">What the guest is told as the disk's serial number; ASCII, the last 20 characters of it.</param>
    /// <param name="flush">Who makes durable what was written; null when it stays where it is.</param>
    public VirtioBlk(GuestMemory memory, Clock clock, TimerSet timers, RamDisk disk, ReadOnlySpan<char> id, DiskFlush? flush = null)
        : base(DeviceId, memory, clock, timers, Features, [QueueSize], BlockRequest.ConfigSize)
    {
        _disk = disk;
        _flush = flush;
        _chain = new DescriptorChain(memory, QueueSize);
        ReadOnlySpan<char> end = id.Slice(Math.Max(0, id.Length - BlockRequest.IdSize));
        for (int i = 0; i < end.Length; i++)
        {
            _id[i] = end[i] is > ' ' and < (char)0x7F ? (byte)end[i] : (byte)'_';
        }

        uint sectors = (uint)(disk.Length / RamDisk.SectorSize);
        SetConfig64(BlockRequest.CapacityOffset, sectors);
        SetConfig32(BlockRequest.SegmentMaxOffset, MaxDataSegments);
        SetConfig32(BlockRequest.BlockSizeOffset, RamDisk.SectorSize);
        SetConfig32(BlockRequest.MaxDiscardSectorsOffset, sectors);
        SetConfig32(BlockRequest.MaxDiscardSegmentsOffset, 1);
        SetConfig32(BlockRequest.DiscardAlignmentOffset, 1);
        SetConfig32(BlockRequest.MaxWriteZeroesSectorsOffset, sectors);
        SetConfig32(BlockRequest.MaxWriteZeroesSegmentsOffset, 1);
        Config[BlockRequest.WriteZeroesMayUnmapOffset] = 1;
    }

    /// <inheritdoc/>
    public override string Name => "virtio disk";

    private static ulong Features => VirtioFeature.RingPacked | BlockRequest.SegmentMax | BlockRequest.BlockSize
        | BlockRequest.HasFlush | BlockRequest.HasDiscard | BlockRequest.HasWriteZeroes;

    /// <inheritdoc/>
    protected override void OnReset()
    {
        _busy = false;
        _isFlushing = false;
        _flush?.Cancel();
    }

    /// <inheritdoc/>
    protected override ServeResult Serve(int index, ref int budget)
    {
        Virtqueue queue = GetQueue(0);
        while (budget > 0)
        {
            if (!_busy)
            {
                TakeResult result = queue.TryTake(_chain);
                if (result != TakeResult.Taken)
                {
                    return result == TakeResult.Broken ? ServeResult.Broken : ServeResult.Idle;
                }

                budget -= CostOfBuffer + (CostOfSegment * _chain.SegmentCount);
                if (!TryBegin())
                {
                    return ServeResult.Broken;
                }

                _busy = true;
            }

            Continue(ref budget);
            if (_left > 0)
            {
                return ServeResult.More;
            }

            if (!IsDurable())
            {
                // Whoever ends the flush calls Resume.
                return ServeResult.Idle;
            }

            _busy = false;
            _chain.SkipWritable(_chain.WritableLeft - 1);
            _chain.TryWrite([_status]);
            queue.Put(_chain);
        }

        return ServeResult.More;
    }

    /// <summary>Reads the header and finds out what is to be done.</summary>
    /// <returns>False when the buffer cannot be a request: no whole header, or no room for the status (5.2.6.1).</returns>
    private bool TryBegin()
    {
        Span<byte> header = stackalloc byte[BlockRequest.HeaderSize];
        if (!_chain.TryRead(header) || _chain.WritableLeft == 0)
        {
            return false;
        }

        _type = BinaryPrimitives.ReadUInt32LittleEndian(header);
        ulong sector = BinaryPrimitives.ReadUInt64LittleEndian(header.Slice(8));
        _left = 0;
        _status = _type switch
        {
            BlockRequest.In => BeginTransfer(sector, _chain.WritableLeft - 1),
            BlockRequest.Out => BeginTransfer(sector, _chain.ReadableLeft),
            BlockRequest.Flush => BlockRequest.Ok,
            BlockRequest.GetId => WriteId(),
            BlockRequest.Discard or BlockRequest.WriteZeroes => BeginZeroing(),
            _ => BlockRequest.Unsupported,
        };
        return true;
    }

    /// <summary>
    /// Has what was written made durable when the request is a flush, or when the driver, having no flush, must find every write durable that has ended
    /// (5.2.6.2).
    /// </summary>
    /// <returns>False while that takes.</returns>
    private bool IsDurable()
    {
        if (_flush == null)
        {
            return true;
        }

        if (!_isFlushing)
        {
            bool hasFlush = (Negotiation.Accepted & BlockRequest.HasFlush) != 0;
            bool isWrite = _type is BlockRequest.Out or BlockRequest.Discard or BlockRequest.WriteZeroes;
            if (_type != BlockRequest.Flush && (hasFlush || !isWrite || _status != BlockRequest.Ok))
            {
                return true;
            }

            _isFlushing = true;
            _flush.Begin();
        }

        if (_flush.IsWaiting)
        {
            return false;
        }

        _isFlushing = false;
        _status = _flush.HasFailed ? BlockRequest.IoError : _status;
        return true;
    }

    private byte BeginTransfer(ulong sector, ulong bytes)
    {
        ulong sectors = (ulong)(_disk.Length / RamDisk.SectorSize);
        if (bytes % RamDisk.SectorSize != 0 || sector > sectors || bytes / RamDisk.SectorSize > sectors - sector)
        {
            return BlockRequest.IoError;
        }

        _offset = (int)(sector * RamDisk.SectorSize);
        _left = (int)bytes;
        return BlockRequest.Ok;
    }

    private byte WriteId()
    {
        int count = (int)Math.Min(_chain.WritableLeft - 1, BlockRequest.IdSize);
        return _chain.TryWrite(_id.AsSpan(0, count)) ? BlockRequest.Ok : BlockRequest.IoError;
    }

    private byte BeginZeroing()
    {
        Span<byte> range = stackalloc byte[BlockRequest.RangeSize];
        if (!_chain.TryRead(range) || _chain.ReadableLeft > 0)
        {
            return BlockRequest.IoError; // one segment is what the configuration allows
        }

        ulong sector = BinaryPrimitives.ReadUInt64LittleEndian(range);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(range.Slice(8));
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(range.Slice(12));
        uint allowed = _type == BlockRequest.WriteZeroes ? UnmapFlag : 0;

        // Unknown flags, and unmap in a discard, are not supported (5.2.6.2).
        return (flags & ~allowed) != 0 ? BlockRequest.Unsupported : BeginTransfer(sector, (ulong)count * RamDisk.SectorSize);
    }

    private void Continue(ref int budget)
    {
        while (_left > 0 && budget > 0)
        {
            int done = _type switch
            {
                BlockRequest.In => ReadSome(),
                BlockRequest.Out => WriteSome(),
                _ => ZeroSome(),
            };
            if (done == 0)
            {
                _status = BlockRequest.IoError;
                _left = 0;
                return;
            }

            _offset += done;
            _left -= done;
            budget -= done;
            ChargeMemory(ref budget);
        }
    }

    private int ReadSome()
    {
        ReadOnlySpan<byte> contents = _disk.Read(_offset, _left);
        return _chain.TryWrite(contents) ? contents.Length : 0;
    }

    private int WriteSome()
    {
        Span<byte> room = _disk.Write(_offset, _left);
        return room.Length > 0 && _chain.TryRead(room) ? room.Length : 0;
    }

    private int ZeroSome()
    {
        Span<byte> room = _disk.Write(_offset, _left);
        room.Clear();
        return room.Length;
    }
}
