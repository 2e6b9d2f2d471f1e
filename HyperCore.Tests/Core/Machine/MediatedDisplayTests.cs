using System;
using CsCheck;
using HyperCore.Core.Machine;
using HyperCore.Core.Paging;
using HyperCore.Core.Platform;
using HyperCore.Tests.Paging;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed unsafe class MediatedDisplayTests : IDisposable
{
    private const uint Width = 640;
    private const uint Height = 480;
    private const ulong ShadowPhysical = 0x1_0000_0000;

    // A line more than whole pages, at an address that is no multiple of 2 MiB: nothing may depend on either.
    private const ulong ScreenPhysical = 0x8010_0000;

    private readonly CountingFrames _frames = new();
    private readonly NestedPageTable _table;
    private readonly byte[] _screen = GC.AllocateArray<byte>(((int)Width * 4 * ((int)Height + 1)) + 4096, pinned: true);
    private readonly byte[] _shadow = GC.AllocateArray<byte>(0x20_0000, pinned: true);
    private readonly HostFramebuffer _host;
    private readonly MediatedDisplay _display;

    public MediatedDisplayTests()
    {
        _table = new NestedPageTable(_frames, has1G: true);
        _table.Create();
        fixed (byte* screen = _screen)
        {
            _host = new HostFramebuffer(screen, ScreenPhysical, FramebufferDescription.Bgrx32(0, Width, Height + 1, Width * 4));
        }

        _display = new MediatedDisplay(_host, _table);
        _shadow.AsSpan().Fill(0xEE);
        fixed (byte* shadow = _shadow)
        {
            Assert.True(_display.Start(shadow, ShadowPhysical));
        }
    }

    public void Dispose()
    {
        _table.Destroy();
        Assert.Equal(0, _frames.Outstanding);
    }

    [Fact]
    public void Start_ScreenIsBlackAndInTheShadow()
    {
        Assert.False(_display.IsShown);
        Assert.Equal(-1, _shadow.AsSpan(0, (int)_display.ShadowSize).IndexOfAnyExcept((byte)0));
        CheckMappedTo(ShadowPhysical);
    }

    [Fact]
    public void Describe_GuestSeesTheFixedAddress()
    {
        Assert.Equal(PlatformLayout.FramebufferBase, _display.Describe().GuestPhysical);
        Assert.Equal(Width, _display.Describe().Width);
    }

    [Fact]
    public void ShowAndHide_InAnyOrder_LoseNoPixel()
    {
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, (int)(Width * Height)], Gen.UInt).Array[1, 30].Sample(
            steps =>
            {
                uint[] expected = new uint[(int)(_host.Size / 4)];
                MemoryAsPixels().CopyTo(expected);
                foreach ((int what, int pixel, uint colour) in steps)
                {
                    switch (what)
                    {
                        case 0:
                            Assert.True(_display.Show());
                            break;
                        case 1:
                            Assert.True(_display.Hide());
                            Array.Fill(_screen, (byte)0x77); // the menu draws
                            break;
                        default:
                            MemoryAsPixels()[pixel] = colour;
                            expected[pixel] = colour;
                            break;
                    }

                    CheckMappedTo(_display.IsShown ? ScreenPhysical : ShadowPhysical);
                    Assert.True(MemoryAsPixels().SequenceEqual(expected));
                }
            },
            iter: 50,
            threads: 1);
    }

    // Where nested paging lets the guest draw now.
    private Span<uint> MemoryAsPixels() =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>((_display.IsShown ? _screen : _shadow).AsSpan(0, (int)_host.Size));

    private void CheckMappedTo(ulong hostPhysical)
    {
        foreach (ulong offset in new ulong[] { 0, 0x1234, _host.Size - 1, _host.MappedSize - 1 })
        {
            Assert.True(_table.TryTranslate(PlatformLayout.FramebufferBase + offset, out ulong actual, out _));
            Assert.Equal(hostPhysical + offset, actual);
        }

        Assert.False(_table.TryTranslate(PlatformLayout.FramebufferBase + _host.MappedSize, out _, out _));
    }
}
