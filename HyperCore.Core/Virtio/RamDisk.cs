using System;
using HyperCore.Core.Machine;
using HyperCore.Core.Memory;

namespace HyperCore.Core.Virtio;

/// <summary>
/// A disk whose contents come from a file in memory. What the guest writes goes to memory of the VM's own, block by block, and is forgotten
/// when the VM ends; the file stays as it was read, so several VMs can have it.
/// </summary>
public sealed unsafe class RamDisk
{
    /// <summary>Bytes of a sector.</summary>
    public const int SectorSize = 512;

    // A block is a frame, so that it never lies in two pieces of memory.
    private const int BlockSize = (int)FrameAllocator.FrameSize;
    private const int MaxPieces = 16;

    private readonly FileContent _file;
    private readonly ulong[] _written;
    private readonly FrameExtent[] _pieces = new FrameExtent[MaxPieces];
    private FrameAllocator? _pool;
    private int _pieceCount;

    /// <summary>Creates a disk without memory of its own: it can be read only.</summary>
    /// <param name="file">The contents, whole sectors.</param>
    public RamDisk(FileContent file)
    {
        _file = file;
        Length = file.Bytes.Length;
        int blocks = (int)(((long)Length + BlockSize - 1) / BlockSize);
        _written = new ulong[(blocks + 63) / 64];
    }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>Why a file cannot be a disk; null when it can.</summary>
    public static string? WhyNotADisk(int length) =>
        length == 0 ? "the file is empty" : length % SectorSize != 0 ? "the file's size is not a multiple of 512 bytes" : null;

    /// <summary>Takes memory for what will be written; the contents are the file's again.</summary>
    /// <returns>False when there is not so much memory.</returns>
    public bool TryAllocate(FrameAllocator pool)
    {
        if (!pool.TryAllocateGuestMemory((ulong)Length, _pieces, out _pieceCount))
        {
            _pieceCount = 0;
            return false;
        }

        _pool = pool;
        _written.AsSpan().Clear();
        return true;
    }

    /// <summary>Forgets what was written: the memory is zeroed and given back.</summary>
    /// <param name="breather">What is done each time a part of much memory has been zeroed; null when there is nothing.</param>
    public void Free(Action? breather = null)
    {
        var eraser = new MemoryEraser(breather);
        for (int block = 0; _pool != null && (long)block * BlockSize < Length; block++)
        {
            if (IsWritten(block))
            {
                eraser.Zero(Own(block), BlockSize);
            }
        }

        for (int i = 0; i < _pieceCount; i++)
        {
            _pool!.Free(_pieces[i].Start, _pieces[i].Length, FrameOwner.GuestMemory);
        }

        _pieceCount = 0;
        _pool = null;
        _written.AsSpan().Clear();
    }

    /// <summary>Contents from an offset on: as many bytes as lie together, at most <paramref name="count"/>.</summary>
    /// <param name="offset">Less than <see cref="Length"/>.</param>
    /// <param name="count">Not beyond the end.</param>
    public ReadOnlySpan<byte> Read(int offset, int count)
    {
        int block = offset / BlockSize;
        int inBlock = offset % BlockSize;
        int length = Math.Min(count, BlockSize - inBlock);
        return IsWritten(block) ? new ReadOnlySpan<byte>(Own(block) + inBlock, length) : _file.Bytes.Slice(offset, length);
    }

    /// <summary>Room for new contents at an offset: as many bytes as lie together, at most <paramref name="count"/>. The caller fills all of it.</summary>
    /// <param name="offset">Less than <see cref="Length"/>.</param>
    /// <param name="count">Not beyond the end.</param>
    public Span<byte> Write(int offset, int count)
    {
        int block = offset / BlockSize;
        int inBlock = offset % BlockSize;
        int length = Math.Min(count, BlockSize - inBlock);
        byte* own = Own(block);
        if (own == null)
        {
            return default;
        }

        if (!IsWritten(block))
        {
            int start = block * BlockSize;
            int filled = Math.Min(BlockSize, Length - start);
            if (length < filled)
            {
                _file.Bytes.Slice(start, filled).CopyTo(new Span<byte>(own, filled));
            }

            _written[block / 64] |= 1ul << (block % 64);
        }

        return new Span<byte>(own + inBlock, length);
    }

    private bool IsWritten(int block) => (_written[block / 64] & (1ul << (block % 64))) != 0;

    private byte* Own(int block)
    {
        ulong offset = (ulong)block * BlockSize;
        for (int i = 0; i < _pieceCount; i++)
        {
            if (offset < _pieces[i].Length)
            {
                return (byte*)(_pieces[i].Start + offset);
            }

            offset -= _pieces[i].Length;
        }

        return null;
    }
}
