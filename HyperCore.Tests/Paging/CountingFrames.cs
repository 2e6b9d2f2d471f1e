using System;
using System.Collections.Generic;
using HyperCore.Core.Paging;

namespace HyperCore.Tests.Paging;

/// <summary>Frames in the test's own memory, so many of them and no more. Giving back what was not given throws.</summary>
internal sealed unsafe class CountingFrames(int limit = int.MaxValue) : FrameSource
{
    private readonly Dictionary<ulong, ulong[]> _frames = [];
    private ulong _next = 0x10_0000;

    public int Outstanding => _frames.Count;

    public int Limit { get; set; } = limit;

    public override ulong* Allocate(out ulong hostPhysical)
    {
        hostPhysical = 0;
        if (_frames.Count >= Limit)
        {
            return null;
        }

        hostPhysical = _next;
        _next += 0x1000;
        _frames.Add(hostPhysical, GC.AllocateArray<ulong>(512, pinned: true));
        return PointerTo(hostPhysical);
    }

    public override void Free(ulong hostPhysical)
    {
        if (!_frames.Remove(hostPhysical))
        {
            throw new InvalidOperationException($"Frame {hostPhysical:X} was not given out.");
        }
    }

    public override ulong* PointerTo(ulong hostPhysical)
    {
        fixed (ulong* frame = _frames[hostPhysical])
        {
            return frame; // The arrays are pinned for good.
        }
    }
}
