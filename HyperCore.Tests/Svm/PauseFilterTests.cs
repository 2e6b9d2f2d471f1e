using HyperCore.Efi.Svm;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Svm;

/// <summary>What the VMCB says of PAUSE (AMD APM vol. 2, 15.14.4).</summary>
public sealed class PauseFilterTests
{
    private const uint Filter = 1u << 10;
    private const uint Threshold = 1u << 12;

    [Theory]
    [InlineData(Filter | Threshold, 2, 3000, 128)]
    [InlineData(Filter | Threshold, 8, 3000, 128)]
    [InlineData(Filter, 2, 3000, 0)]
    public void PauseFilter_SeveralVcpus_InterceptsWithACounter(uint features, int vcpus, int count, int threshold)
    {
        var filter = new PauseFilter(Features(features), vcpus);
        Assert.Equal((1u << 23, count, threshold), (filter.Intercept, filter.Count, filter.Threshold));
    }

    [Theory]
    [InlineData(Filter | Threshold, 1)]
    [InlineData(0, 2)]
    [InlineData(Threshold, 2)] // Without a counter every PAUSE would be an exit.
    public void PauseFilter_OneVcpuOrNoFeature_InterceptsNothing(uint features, int vcpus)
    {
        var filter = new PauseFilter(Features(features), vcpus);
        Assert.Equal((0u, 0, 0), (filter.Intercept, filter.Count, filter.Threshold));
    }

    [Fact]
    public void Features_OfAFirstEpyc_HaveBoth()
    {
        var features = new SvmFeatures(FakeHostProcessor.Epyc());
        Assert.True(features.PauseFilter && features.PauseFilterThreshold);
    }

    private static SvmFeatures Features(uint edx) => new(new FakeHostProcessor((_, _) => FakeHostProcessor.Registers(0, 0, 0, edx)));
}
