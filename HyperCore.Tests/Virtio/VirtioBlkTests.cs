using System;
using System.Linq;
using CsCheck;
using HyperCore.Core.Machine;
using HyperCore.Core.Virtio;
using HyperCore.Tests.Core.Machine;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>The block device on a RAM disk: virtio 1.2, 5.2.</summary>
public sealed unsafe class VirtioBlkTests : IDisposable
{
    private const ulong All = ulong.MaxValue;
    private const int Sectors = 4096 + 3;
    private const uint In = 0;
    private const uint Out = 1;
    private const uint Flush = 4;
    private const uint GetId = 8;
    private const uint Discard = 11;
    private const uint WriteZeroes = 13;
    private const byte Ok = 0;
    private const byte IoError = 1;
    private const byte Unsupported = 2;
    private const ulong Header = VirtioMachine.BufferArea;
    private const ulong StatusByte = VirtioMachine.BufferArea + 0x100;
    private const ulong Data = VirtioMachine.BufferArea + 0x1000;

    private readonly HostRam _ram = new(16 << 20);
    private readonly byte[] _file = GC.AllocateArray<byte>(Sectors * 512, pinned: true);
    private readonly byte[] _original;
    private readonly RamDisk _disk;
    private readonly VirtioMachine _machine;

    public VirtioBlkTests()
    {
        new Random(3).NextBytes(_file);
        _original = (byte[])_file.Clone();
        Assert.True(_ram.Pool.AddRange(_ram.Start, 16 << 20));
        fixed (byte* file = _file)
        {
            _disk = new RamDisk(new FileContent(file, _file.Length));
        }

        Assert.True(_disk.TryAllocate(_ram.Pool));
        _machine = new VirtioMachine(machine => new VirtioBlk(machine.Memory.Memory, machine.Clock, machine.Timers, _disk, "a name that is far too long.img"));
    }

    public void Dispose() => _ram.Dispose();

    // 5.2.4
    [Fact]
    public void Function_IsADiskWithThisConfiguration()
    {
        Assert.Equal(0x1042u, _machine.ReadConfig(2, 2));
        Assert.Equal(1u, _machine.Common(18, 2));
        Assert.Equal((1ul << 2) | (1ul << 6) | (1ul << 9) | (1ul << 13) | (1ul << 14), _machine.OfferedFeatures() & 0xFF_FFFF);
        Assert.Equal((uint)Sectors, _machine.DeviceConfig(0, 4));
        Assert.Equal(0u, _machine.DeviceConfig(4, 4));
        Assert.Equal(126u, _machine.DeviceConfig(12, 4));
        Assert.Equal(512u, _machine.DeviceConfig(20, 4));
        Assert.Equal((uint)Sectors, _machine.DeviceConfig(36, 4));
        Assert.Equal(1u, _machine.DeviceConfig(40, 4));
        Assert.Equal(1u, _machine.DeviceConfig(44, 4));
        Assert.Equal((uint)Sectors, _machine.DeviceConfig(48, 4));
        Assert.Equal(1u, _machine.DeviceConfig(52, 4));
        Assert.Equal(1u, _machine.DeviceConfig(56, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WrittenSectors_AreReadBack_AndTheFileStays(bool packed)
    {
        _machine.Start(packed ? All : ~RingDriver.PackedFlag);
        byte[] data = Random(5 * 512);
        _machine.Memory.Write(Data, data);
        Assert.Equal(Ok, Request(Out, 7, (uint)data.Length, writable: false));
        Assert.Equal(Ok, Request(In, 5, 9 * 512, writable: true));
        byte[] expected = _original.AsSpan(5 * 512, 9 * 512).ToArray();
        data.CopyTo(expected, 2 * 512);
        Assert.Equal(expected, _machine.Memory.Read(Data, 9 * 512));
        Assert.Equal(_original, _file);
    }

    [Fact]
    public void LastSector_CanBeReadAndWritten_TheOneBehindItCannot()
    {
        _machine.Start(All);
        Assert.Equal(Ok, Request(In, Sectors - 1, 512, writable: true));
        Assert.Equal(_original.AsSpan((Sectors - 1) * 512).ToArray(), _machine.Memory.Read(Data, 512));
        Assert.Equal(Ok, Request(Out, Sectors - 1, 512, writable: false));
        Assert.Equal(IoError, Request(In, Sectors, 512, writable: true));
        Assert.Equal(IoError, Request(In, Sectors - 1, 1024, writable: true));
        Assert.Equal(IoError, Request(Out, ulong.MaxValue, 512, writable: false));
        Assert.Equal(IoError, Request(In, ulong.MaxValue / 512, 512, writable: true));
        Assert.Equal(Ok, Request(In, Sectors, 0, writable: true));
    }

    [Fact]
    public void PartOfASector_IsAnError()
    {
        _machine.Start(All);
        Assert.Equal(IoError, Request(In, 0, 511, writable: true));
        Assert.Equal(IoError, Request(Out, 0, 513, writable: false));
    }

    [Fact]
    public void UnknownType_IsUnsupported_FlushIsNot()
    {
        _machine.Start(All);
        Assert.Equal(Unsupported, Request(2, 0, 512, writable: true));
        Assert.Equal(Unsupported, Request(14, 0, 16, writable: false));
        Assert.Equal(Unsupported, Request(uint.MaxValue, 0, 0, writable: true));
        Assert.Equal(Ok, Request(Flush, 0, 0, writable: true));
    }

    // 5.2.6: 20 bytes, not terminated when all are used.
    [Fact]
    public void GetId_IsTheEndOfTheName()
    {
        _machine.Start(All);
        Assert.Equal(Ok, Request(GetId, 0, 20, writable: true));
        Assert.Equal("at_is_far_too_long.img"[^20..], System.Text.Encoding.ASCII.GetString(_machine.Memory.Read(Data, 20)));
    }

    [Theory]
    [InlineData(Discard, 0u, Ok)]
    [InlineData(Discard, 1u, Unsupported)]
    [InlineData(WriteZeroes, 0u, Ok)]
    [InlineData(WriteZeroes, 1u, Ok)]
    [InlineData(WriteZeroes, 2u, Unsupported)]
    public void ZeroedRange_ReadsAsZeroes(uint type, uint flags, byte status)
    {
        _machine.Start(All);
        WriteRange(3, 100, flags);
        Assert.Equal(status, Request(type, 0, 16, writable: false));
        Assert.Equal(Ok, Request(In, 2, 102 * 512, writable: true));
        byte[] expected = _original.AsSpan(2 * 512, 102 * 512).ToArray();
        if (status == Ok)
        {
            expected.AsSpan(512, 100 * 512).Clear();
        }

        Assert.Equal(expected, _machine.Memory.Read(Data, expected.Length));
    }

    [Fact]
    public void ZeroedRange_OutsideOfTheDisk_IsAnError()
    {
        _machine.Start(All);
        WriteRange(Sectors, 1, 0);
        Assert.Equal(IoError, Request(WriteZeroes, 0, 16, writable: false));
        WriteRange(1, uint.MaxValue, 0);
        Assert.Equal(IoError, Request(Discard, 0, 16, writable: false));
        Assert.Equal(IoError, Request(Discard, 0, 15, writable: false));
        Assert.Equal(IoError, Request(Discard, 0, 32, writable: false));
    }

    [Fact]
    public void LargeRequest_IsDoneOverSeveralTurns_WithPauses()
    {
        _machine.Start(All);
        const uint Length = 2 << 20;
        Submit(In, 0, Length, writable: true);
        Assert.False(_machine.Rings[0].TryCollect(out _));
        Assert.NotEqual(HyperCore.Core.Time.VirtualTimer.Never, _machine.Timers.NextDeadline);
        Assert.True(_machine.Timers.NextDeadline > _machine.Clock.Now);
        Assert.InRange(_machine.RunTimers(), 7, 12);
        Assert.True(_machine.Rings[0].TryCollect(out Returned returned));
        Assert.Equal(Length + 1, returned.Written);
        Assert.Equal(_original.AsSpan(0, (int)Length).ToArray(), _machine.Memory.Read(Data, (int)Length));
    }

    [Fact]
    public void WholeDisk_Zeroed_TakesSeveralTurns()
    {
        _machine.Start(All);
        WriteRange(0, Sectors, 0);
        Assert.Equal(Ok, Request(WriteZeroes, 0, 16, writable: false));
        for (int offset = 0; offset < _disk.Length;)
        {
            ReadOnlySpan<byte> part = _disk.Read(offset, _disk.Length - offset);
            Assert.False(part.ContainsAnyExcept((byte)0));
            offset += part.Length;
        }
    }

    [Theory]
    [InlineData(15u, true)]
    [InlineData(16u, false)]
    public void RequestWithoutHeaderOrStatus_NeedsReset(uint header, bool status)
    {
        _machine.Start(All);
        Piece[] pieces = status ? [new Piece(Header, header, false), new Piece(StatusByte, 1, true)] : [new Piece(Header, header, false)];
        _machine.Offer(0, 1, pieces);
        Assert.True((_machine.Status & DeviceStatus.NeedsReset) != 0);
        Assert.Equal(VirtioMachine.FirstVector, _machine.TakeInterrupt());
    }

    // 2.7.4.1: no assumptions about how a request is cut into pieces.
    [Fact]
    public void RequestInOddPieces_IsTheSame()
    {
        _machine.Start(All);
        WriteHeader(In, 4);
        _machine.Offer(0, 1, new Piece(Header, 3, false), new Piece(Header + 3, 13, false), new Piece(Data, 1, true), new Piece(Data + 1, 700, true), new Piece(Data + 701, 324, true));
        Assert.True(_machine.Rings[0].TryCollect(out Returned returned));
        Assert.Equal(1025u, returned.Written);
        byte[] expected = [.. _original.AsSpan(4 * 512, 1024), Ok];
        Assert.Equal(expected, _machine.Memory.Read(Data, 1025));
    }

    [Fact]
    public void Disk_AllocatedAgain_IsTheFileAgain_AndItsMemoryWasZeroed()
    {
        ulong free = _ram.Pool.FreeBytes;
        _machine.Start(All);
        _machine.Memory.Write(Data, Random(1024));
        Assert.Equal(Ok, Request(Out, 9, 1024, writable: false));
        _disk.Free();
        Assert.True(_ram.Pool.FreeBytes > free);
        Assert.False(new ReadOnlySpan<byte>((void*)_ram.Start, 16 << 20).ContainsAnyExcept((byte)0));
        Assert.Equal(IoError, Request(Out, 9, 1024, writable: false));
        Assert.True(_disk.TryAllocate(_ram.Pool));
        Assert.Equal(free, _ram.Pool.FreeBytes);
        Assert.Equal(Ok, Request(In, 9, 1024, writable: true));
        Assert.Equal(_original.AsSpan(9 * 512, 1024).ToArray(), _machine.Memory.Read(Data, 1024));
    }

    [Fact]
    public void Disk_MuchWasWritten_LetsOthersHaveATurnWhileItIsZeroed()
    {
        const int Size = 40 << 20;
        using var host = new HostRam(Size);
        Assert.True(host.Pool.AddRange(host.Start, Size));
        byte[] file = GC.AllocateArray<byte>(Size, pinned: true);
        fixed (byte* contents = file)
        {
            var disk = new RamDisk(new FileContent(contents, Size));
            Assert.True(disk.TryAllocate(host.Pool));
            for (int offset = 0; offset < Size; offset += 4096)
            {
                disk.Write(offset, 4096).Fill(0x5A);
            }

            int breaths = 0;
            disk.Free(() => breaths++);

            Assert.Equal(2, breaths);
            Assert.False(new ReadOnlySpan<byte>((void*)host.Start, Size).ContainsAnyExcept((byte)0));
            Assert.Equal((ulong)Size, host.Pool.FreeBytes);
        }
    }

    [Theory]
    [InlineData(0, "empty")]
    [InlineData(1000, "multiple of 512")]
    public void File_ThatIsNoDisk_SaysWhy(int length, string words) => Assert.Contains(words, RamDisk.WhyNotADisk(length));

    [Fact]
    public void RandomRequests_BehaveAsADisk()
    {
        Gen<(int Type, int Sector, int Count, int Seed)> request = Gen.Select(Gen.Int[0, 3], Gen.Int[0, Sectors - 1], Gen.Int[1, 40], Gen.Int);
        request.Array[0, 60].Sample(
            requests =>
            {
                _disk.Free();
                Assert.True(_disk.TryAllocate(_ram.Pool));
                _machine.Start(requests.Length % 2 == 0 ? All : ~RingDriver.PackedFlag);
                byte[] model = (byte[])_original.Clone();
                foreach ((int type, int sector, int wanted, int seed) in requests)
                {
                    int count = Math.Min(wanted, Sectors - sector);
                    Span<byte> range = model.AsSpan(sector * 512, count * 512);
                    if (type == 0)
                    {
                        new Random(seed).NextBytes(range);
                        _machine.Memory.Write(Data, range.ToArray());
                        Assert.Equal(Ok, Request(Out, (ulong)sector, (uint)range.Length, writable: false));
                    }
                    else if (type == 1)
                    {
                        WriteRange((ulong)sector, (uint)count, 0);
                        Assert.Equal(Ok, Request(WriteZeroes, 0, 16, writable: false));
                        range.Clear();
                    }
                    else
                    {
                        Assert.Equal(Ok, Request(In, (ulong)sector, (uint)range.Length, writable: true));
                        Assert.True(range.SequenceEqual(_machine.Memory.Read(Data, range.Length)));
                    }
                }
            },
            threads: 1,
            iter: 40);
    }

    private static byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private void WriteRange(ulong sector, uint count, uint flags) =>
        _machine.Memory.Write(Data, [.. BitConverter.GetBytes(sector), .. BitConverter.GetBytes(count), .. BitConverter.GetBytes(flags)]);

    private void WriteHeader(uint type, ulong sector) =>
        _machine.Memory.Write(Header, [.. BitConverter.GetBytes((ulong)type), .. BitConverter.GetBytes(sector)]);

    private void Submit(uint type, ulong sector, uint length, bool writable)
    {
        WriteHeader(type, sector);
        _machine.Memory.Write(StatusByte, 0xEE);
        Piece[] data = length == 0 ? [] : [new Piece(Data, length / 2, writable), new Piece(Data + (length / 2), length - (length / 2), writable)];
        _machine.Offer(0, 1, [new Piece(Header, 16, false), .. data.Where(piece => piece.Length > 0), new Piece(StatusByte, 1, true)]);
    }

    private byte Request(uint type, ulong sector, uint length, bool writable)
    {
        Submit(type, sector, length, writable);
        _machine.RunTimers();
        Assert.True(_machine.Rings[0].TryCollect(out Returned returned));
        Assert.Equal(1, returned.Token);
        return _machine.Memory.Read(StatusByte, 1)[0];
    }
}
