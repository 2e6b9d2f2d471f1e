using System;
using HyperCore.Core.Machine;
using HyperCore.Core.Virtio;
using HyperCore.Tests.Core.Machine;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>A disk whose flushes take time and may fail: virtio 1.2, 5.2.6.2.</summary>
public sealed unsafe class VirtioBlkFlushTests : IDisposable
{
    private const ulong All = ulong.MaxValue;
    private const ulong FlushFeature = 1ul << 9;
    private const uint In = 0;
    private const uint Out = 1;
    private const uint Flush = 4;
    private const byte Ok = 0;
    private const byte IoError = 1;
    private const ulong Header = VirtioMachine.BufferArea;
    private const ulong Data = VirtioMachine.BufferArea + 0x1000;

    private readonly HostRam _ram = new(4 << 20);
    private readonly byte[] _file = GC.AllocateArray<byte>(8192, pinned: true);
    private readonly FakeFlush _flush = new();
    private readonly VirtioMachine _machine;

    public VirtioBlkFlushTests()
    {
        Assert.True(_ram.Pool.AddRange(_ram.Start, 4 << 20));
        RamDisk disk;
        fixed (byte* file = _file)
        {
            disk = new RamDisk(new FileContent(file, _file.Length));
        }

        Assert.True(disk.TryAllocate(_ram.Pool));
        _machine = new VirtioMachine(machine => new VirtioBlk(machine.Memory.Memory, machine.Clock, machine.Timers, disk, "settings", _flush));
    }

    public void Dispose() => _ram.Dispose();

    [Theory]
    [InlineData(true, false, Ok)]
    [InlineData(true, true, IoError)]
    [InlineData(false, false, Ok)]
    [InlineData(false, true, IoError)]
    public void Flush_EndsWhenTheFlushHasEnded(bool packed, bool fails, byte status)
    {
        _machine.Start(packed ? All : ~RingDriver.PackedFlag);
        Submit(1, Flush);
        Assert.Equal(1, _flush.Begun);
        Assert.False(_machine.Rings[0].TryCollect(out _));

        // Without a timer: the machine may sleep meanwhile.
        Assert.Equal(HyperCore.Core.Time.VirtualTimer.Never, _machine.Timers.NextDeadline);
        End(fails);
        Assert.True(_machine.Rings[0].TryCollect(out Returned returned));
        Assert.Equal(1, returned.Token);
        Assert.Equal(status, Status(1));
        Assert.Equal(VirtioMachine.FirstVector + 1, _machine.TakeInterrupt());
    }

    [Fact]
    public void RequestsBehindAFlush_WaitForIt_AndAreDoneThen()
    {
        _machine.Start(All);
        Submit(1, Flush);
        Submit(2, In, 512);
        Submit(3, Flush);
        Submit(4, In, 512);
        _machine.Notify(0);
        Assert.False(_machine.Rings[0].TryCollect(out _));
        Assert.Equal(1, _flush.Begun);
        End(fails: true);
        Assert.Equal(2, Collect());
        Assert.Equal(2, _flush.Begun);
        End(fails: false);
        Assert.Equal(2, Collect());
        Assert.Equal([IoError, Ok, Ok, Ok], [Status(1), Status(2), Status(3), Status(4)]);
    }

    [Fact]
    public void Flush_ThatEndsAtOnce_DoesNotWait()
    {
        _machine.Start(All);
        _flush.IsInstant = true;
        Submit(1, Flush);
        Assert.Equal(1, Collect());
        Assert.Equal(Ok, Status(1));
    }

    [Fact]
    public void Write_DriverWithoutFlush_IsDurableWhenItEnds()
    {
        _machine.Start(All & ~FlushFeature);
        Submit(1, In, 512);
        Assert.Equal(1, Collect());
        Submit(2, Out, 512);
        Assert.Equal(0, Collect());
        Assert.Equal(1, _flush.Begun);
        End(fails: false);
        Assert.Equal(1, Collect());
        Assert.Equal(Ok, Status(2));
    }

    [Fact]
    public void Write_DriverWithFlush_NeedsNone()
    {
        _machine.Start(All);
        Submit(1, Out, 512);
        Assert.Equal(1, Collect());
        Assert.Equal(0, _flush.Begun);
    }

    [Fact]
    public void Reset_WhileAFlushWaits_ForgetsIt()
    {
        _machine.Start(All);
        Submit(1, Flush);
        _machine.Start(All);
        Assert.False(_flush.IsWaiting);
        Submit(2, In, 512);
        Assert.Equal(1, Collect());
        Assert.Equal(Ok, Status(2));
        Submit(3, Flush);
        Assert.Equal(2, _flush.Begun);
    }

    private static ulong Slot(int token) => (ulong)token * 0x20;

    private void End(bool fails)
    {
        _flush.Fails = fails;
        _flush.Waits = false;
        _machine.Device.Resume();
    }

    private byte Status(int token) => _machine.Memory.Read(Header + 0x200 + (ulong)token, 1)[0];

    private int Collect()
    {
        int count = 0;
        while (_machine.Rings[0].TryCollect(out _))
        {
            count++;
        }

        return count;
    }

    private void Submit(int token, uint type, uint length = 0)
    {
        _machine.Memory.Write(Header + Slot(token), [.. BitConverter.GetBytes((ulong)type), .. new byte[8]]);
        _machine.Memory.Write(Header + 0x200 + (ulong)token, 0xEE);
        var header = new Piece(Header + Slot(token), 16, false);
        var status = new Piece(Header + 0x200 + (ulong)token, 1, true);
        if (length == 0)
        {
            _machine.Offer(0, token, header, status);
        }
        else
        {
            _machine.Offer(0, token, header, new Piece(Data, length, type == In), status);
        }
    }

    private sealed class FakeFlush : DiskFlush
    {
        public int Begun { get; private set; }

        public bool Waits { get; set; }

        public bool Fails { get; set; }

        public bool IsInstant { get; set; }

        public override bool IsWaiting => Waits;

        public override bool HasFailed => Fails;

        public override void Begin()
        {
            Assert.False(Waits);
            Begun++;
            Fails = false;
            Waits = !IsInstant;
        }

        public override void Cancel() => Waits = false;
    }
}
