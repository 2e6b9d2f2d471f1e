using HyperCore.Core.Processor;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Processor;

public sealed class ProcessorFeaturesTests
{
    [Fact]
    public void IsMissing_SameProcessor_Nothing() => Assert.False(Read(FakeHostProcessor.Epyc()).IsMissing(Read(FakeHostProcessor.Epyc()), out _, out _));

    [Fact]
    public void IsMissing_NoSvmOnTheOther_NamesTheBit()
    {
        FakeHostProcessor without = FakeHostProcessor.Epyc((leaf, _, result) =>
        {
            result.Ecx &= leaf == 0x8000_0001 ? ~4u : uint.MaxValue;
            return result;
        });

        Assert.True(Read(FakeHostProcessor.Epyc()).IsMissing(Read(without), out string register, out uint bits));
        Assert.Equal("8000_0001h ECX", register);
        Assert.Equal(4u, bits);
    }

    [Fact]
    public void IsMissing_OtherHasMore_Nothing()
    {
        FakeHostProcessor more = FakeHostProcessor.Epyc((leaf, subleaf, result) =>
        {
            result.Ebx |= leaf == 7 ? 0x8000_0000 : 0;
            return result;
        });

        Assert.False(Read(FakeHostProcessor.Epyc()).IsMissing(Read(more), out _, out _));
    }

    [Fact]
    public void IsMissing_WhatFollowsControlRegisters_IsNotCompared()
    {
        // OSXSAVE is set once CR4 says so, OSPKE likewise; APIC follows the local APIC's switch.
        FakeHostProcessor setUp = FakeHostProcessor.Epyc((leaf, _, result) =>
        {
            result.Ecx |= leaf == 1 ? 1u << 27 : leaf == 7 ? 1u << 4 : 0;
            return result;
        });
        FakeHostProcessor fresh = FakeHostProcessor.Epyc((leaf, _, result) =>
        {
            result.Ecx &= leaf == 1 ? ~(1u << 27) : uint.MaxValue;
            result.Edx &= leaf is 1 or 0x8000_0001 ? ~(1u << 9) : uint.MaxValue;
            return result;
        });

        Assert.False(Read(setUp).IsMissing(Read(fresh), out _, out _));
    }

    [Fact]
    public void IsMissing_FewerLeaves_AreMissing()
    {
        FakeHostProcessor old = FakeHostProcessor.Epyc((leaf, _, result) => leaf == 0 ? FakeHostProcessor.Registers(6, 0, 0, 0) : result);

        Assert.True(Read(FakeHostProcessor.Epyc()).IsMissing(Read(old), out string register, out _));
        Assert.Equal("7 EBX", register);
    }

    private static ProcessorFeatures Read(FakeHostProcessor processor)
    {
        var features = new ProcessorFeatures();
        features.Read(processor);
        return features;
    }
}
