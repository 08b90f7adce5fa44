// Every law.

#pragma once

#include "tailrace/laws/burr.hpp"
#include "tailrace/laws/empirical.hpp"
#include "tailrace/laws/exponential.hpp"
#include "tailrace/laws/frechet.hpp"
#include "tailrace/laws/generalized_extreme_value.hpp"
#include "tailrace/laws/generalized_normal.hpp"
#include "tailrace/laws/generalized_pareto.hpp"
#include "tailrace/laws/gumbel.hpp"
#include "tailrace/laws/laplace.hpp"
#include "tailrace/laws/logistic.hpp"
#include "tailrace/laws/loglogistic.hpp"
#include "tailrace/laws/lomax.hpp"
#include "tailrace/laws/outside.hpp"
#include "tailrace/laws/pareto.hpp"
#include "tailrace/laws/spliced.hpp"
#include "tailrace/laws/stable.hpp"
#include "tailrace/laws/tabulated.hpp"
#include "tailrace/laws/uniform.hpp"
#include "tailrace/laws/weibull.hpp"
