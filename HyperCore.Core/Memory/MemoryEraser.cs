using System;

namespace HyperCore.Core.Memory;

/// <summary>Zeroes memory of a VM. When there is much of it, something else gets a turn now and then: one piece takes some milliseconds.</summary>
/// <param name="breather">What is done after each piece; null when there is nothing.</param>
public unsafe struct MemoryEraser(Action? breather)
{
    /// <summary>Bytes of a piece.</summary>
    public const ulong Piece = 16ul << 20;

    private ulong _done;

    /// <summary>Zeroes a range. What was left of the last piece counts for the next one, so many small ranges are as good as a large one.</summary>
    public void Zero(byte* address, ulong length)
    {
        while (length > 0)
        {
            ulong count = Math.Min(length, Piece - _done);
            HostMemory.Zero(address, count);
            address += count;
            length -= count;
            _done += count;
            if (_done == Piece)
            {
                _done = 0;
                breather?.Invoke();
            }
        }
    }
}
